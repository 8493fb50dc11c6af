package org.byoemail.platform.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.SessionFactor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records logins of the console. Failed ones without the name that was typed, which may be a
 * password, and a bounded number of them in an hour, since anyone can cause them. Thread-safe.
 */
@Component
class ConsoleLoginEntries {
  private static final Logger log = LoggerFactory.getLogger(ConsoleLoginEntries.class);
  private static final int MAX_FAILED = 100;
  private static final Duration WINDOW = Duration.ofHours(1);

  private final AuditLog audit;
  private final TransactionTemplate transactions;
  private final Clock clock;
  private Instant windowEnds = Instant.MIN;
  private int inWindow;
  private long omitted;

  ConsoleLoginEntries(AuditLog audit, TransactionTemplate transactions, Clock clock) {
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  @EventListener
  void succeeded(InteractiveAuthenticationSuccessEvent login) {
    Caller caller = login.getAuthentication().getPrincipal() instanceof Caller known ? known : null;
    record(
        "console.login_succeeded",
        caller == null ? null : caller.person(),
        caller == null ? null : caller.organization(),
        login.getAuthentication().getDetails() instanceof SessionFactor factor
            ? Map.of("factor", factor.word())
            : Map.of());
  }

  @EventListener
  void failed(AuthenticationFailureBadCredentialsEvent login) {
    long before = admit();
    if (before >= 0) {
      record(
          "console.login_failed",
          null,
          null,
          before == 0 ? Map.of() : Map.of("omittedBefore", before));
    }
  }

  /** How many were omitted before this one; -1: this one is omitted, too. */
  private synchronized long admit() {
    Instant now = clock.instant();
    if (!now.isBefore(windowEnds)) {
      windowEnds = now.plus(WINDOW);
      inWindow = 0;
    }
    if (inWindow >= MAX_FAILED) {
      omitted++;
      return -1;
    }
    inWindow++;
    long before = omitted;
    omitted = 0;
    return before;
  }

  // Without the database the console shows nothing, but its login answers as always.
  private void record(
      String action,
      @Nullable UUID person,
      @Nullable OrganizationId organization,
      Map<String, ?> details) {
    try {
      transactions.executeWithoutResult(
          status -> audit.record(action, person, organization, details));
    } catch (DataAccessException | TransactionException e) {
      log.warn("{} could not be recorded in the audit log: {}", action, e.getMessage());
    }
  }
}
