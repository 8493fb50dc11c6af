package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import org.byoemail.platform.access.CurrentPasswords.Outcome;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;

class CurrentPasswordsTest {
  private static final AccessSettings LIMITS = new AccessSettings(true, 3, Duration.ofMinutes(1));
  private static final UUID PAT = UUID.randomUUID();

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final People people = mock(People.class);
  private final CurrentPasswords passwords =
      new CurrentPasswords(
          people,
          new FailedLogins(
              LIMITS, clock, meters, new SharedFailures(mock(SharedBuckets.class), LIMITS, clock)));

  @Test
  void wrongOnesCountAsFailedLoginsUntilNoneIsCompared() {
    when(people.hasPassword(PAT, "right")).thenReturn(true);

    for (int i = 0; i < 3; i++) {
      assertThat(passwords.check(PAT, "wrong")).isEqualTo(Outcome.WRONG);
    }
    Outcome blocked = passwords.check(PAT, "right");
    Outcome other = passwords.check(UUID.randomUUID(), "wrong");
    clock.advance(Duration.ofMinutes(1));

    assertThat(blocked).isEqualTo(Outcome.BLOCKED);
    assertThat(other).isEqualTo(Outcome.WRONG);
    assertThat(passwords.check(PAT, "right")).isEqualTo(Outcome.RIGHT);
    verify(people, times(5)).hasPassword(any(), any());
    assertThat(meters.counter("byo.access.logins.failed", "door", "console").count()).isEqualTo(4);
  }
}
