package org.byoemail.platform.audit;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.time.Duration;
import java.util.Map;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class ConsoleLoginEntriesTest {
  private static final String FAILED = "console.login_failed";

  private final AuditLog audit = mock(AuditLog.class);
  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final ConsoleLoginEntries entries =
      new ConsoleLoginEntries(
          audit, new TransactionTemplate(mock(PlatformTransactionManager.class)), clock);

  @Test
  void failedLoginsFillTheLogOnlySoFar() {
    for (int i = 0; i < 1000; i++) {
      entries.failed(failure());
    }
    clock.advance(Duration.ofHours(1));
    entries.failed(failure());

    verify(audit, times(100)).record(FAILED, null, null, Map.of());
    verify(audit).record(FAILED, null, null, Map.of("omittedBefore", 900L));
  }

  @Test
  void loginIsAnsweredWithoutTheDatabase() {
    doThrow(new DataAccessResourceFailureException("away"))
        .when(audit)
        .record(eq(FAILED), any(), any(), any());

    entries.failed(failure());

    verify(audit).record(FAILED, null, null, Map.of());
  }

  private static AuthenticationFailureBadCredentialsEvent failure() {
    return new AuthenticationFailureBadCredentialsEvent(
        new TestingAuthenticationToken("ada", "secret"), new BadCredentialsException("wrong"));
  }
}
