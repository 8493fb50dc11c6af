package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.Stage;
import org.byoemail.account.registry.Account;
import org.byoemail.inbound.mailbox.IncomingMail.PriorFailures;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;

/**
 * When a mailbox is tried again after a failure, and what is recorded as the account's health.
 * Internal failures are retried soon, and recorded only if they last.
 */
final class MailboxBackoff {
  private static final double JITTER = 0.1;
  private static final ExponentialBackoff INTERNAL_RETRY =
      new ExponentialBackoff(Duration.ofSeconds(5), 2, Duration.ofMinutes(1), JITTER);
  private static final ExponentialBackoff FETCH_RETRY =
      new ExponentialBackoff(Duration.ofMinutes(2), 2, Duration.ofHours(1), JITTER);
  private static final int REPORTED_INTERNAL_FAILURES = 3;
  private static final Duration FIRST_SINGLE_FETCH_RETRY = Duration.ofSeconds(10);
  private static final Duration RECONNECT = Duration.ofSeconds(2);
  private static final Duration STABLE_AFTER = Duration.ofMinutes(1);
  private static final Duration OK_RECORDED_EVERY = Duration.ofMinutes(1);

  private final MailboxHealth health;
  private final Clock clock;
  private final RandomGenerator random;
  private int internalFailures;
  private boolean healthFailing = true;
  private boolean reconnectTried;
  private boolean unstable;
  private boolean heldUp;
  private @Nullable Instant earlyDisconnectAt;
  private @Nullable Instant okRecordedAt;

  MailboxBackoff(MailboxHealth health, Clock clock, RandomGenerator random) {
    this.health = health;
    this.clock = clock;
    this.random = random;
  }

  /** The folder is selected: the server works, unless it is the following commands that fail. */
  void folderOpened(Account account) {
    reconnectTried = false;
    if (!unstable && !heldUp) {
      recordOk(account);
    }
  }

  /** A catch-up has completed: server and node both work. */
  void caughtUp(Account account) {
    internalFailures = 0;
    heldUp = false;
    if (!unstable) {
      recordOk(account);
    }
  }

  /**
   * After connections that broke, the server counts as working once one held for a while.
   *
   * @param complete whether the connection has done all that it was opened for
   */
  void connectionHeld(Account account, Instant connectedAt, boolean complete) {
    Instant stable = stableAt(connectedAt);
    if (stable != null && (complete || !stable.isAfter(clock.instant()))) {
      unstable = false;
      recordOk(account);
    }
  }

  /** When the connection counts as stable; null if connections did not break before. */
  @Nullable Instant stableAt(Instant connectedAt) {
    return unstable ? connectedAt.plus(STABLE_AFTER) : null;
  }

  /** Records success after a failure, and once a minute otherwise. */
  private void recordOk(Account account) {
    Instant now = clock.instant();
    if (healthFailing
        || okRecordedAt == null
        || okRecordedAt.plus(OK_RECORDED_EVERY).isBefore(now)) {
      health.ok(account);
      healthFailing = false;
      okRecordedAt = now;
    }
  }

  /**
   * The server or the account has failed.
   *
   * @param connectedAt since when the connection was open; null if it never was
   */
  Instant afterServerFailure(Account account, @Nullable Instant connectedAt, Exception failure) {
    Instant now = clock.instant();
    if (!healthFailing && !isAuthenticationFailure(failure) && isTransient(connectedAt, now)) {
      reconnectTried = true;
      return now.plus(FETCH_RETRY.withJitter(RECONNECT, random));
    }
    healthFailing = true;
    unstable |= connectedAt != null;
    Duration wait =
        health.failed(
            account, String.valueOf(failure.getMessage()), isAuthenticationFailure(failure));
    return wait.isZero() ? now.plus(RECONNECT) : now.plus(FETCH_RETRY.withJitter(wait, random));
  }

  /**
   * Connections break now and then: it is a failure only if the reconnect fails, or if the next
   * connection breaks early too.
   */
  private boolean isTransient(@Nullable Instant connectedAt, Instant now) {
    if (connectedAt == null) {
      return !reconnectTried;
    }
    boolean early = !connectedAt.plus(STABLE_AFTER).isBefore(now);
    Instant previous = earlyDisconnectAt;
    boolean repeated = previous != null && previous.plus(STABLE_AFTER).isAfter(connectedAt);
    earlyDisconnectAt = early ? now : null;
    return !early || !repeated;
  }

  private static boolean isAuthenticationFailure(Exception failure) {
    return failure instanceof ConnectionFailed failed && failed.stage() == Stage.AUTH;
  }

  /** The end of the backoff that an earlier failure has recorded; null if absent. */
  @Nullable Instant recordedUntil(Account account) {
    Duration wait = health.backoffLeft(account);
    return wait.isZero() ? null : clock.instant().plus(wait);
  }

  /**
   * One mail cannot be fetched: retried within a minute if others can, else in 2 min doubling to 1
   * h. Recorded in the account's health.
   */
  Instant afterFetchFailure(Account account, PriorFailures priorFailures, String reason) {
    int times = Math.max(priorFailures.fetching(), 1);
    Duration wait =
        priorFailures.alone()
            ? FIRST_SINGLE_FETCH_RETRY.multipliedBy(Math.min(times, 3))
            : FETCH_RETRY.delay(times);
    Instant until = clock.instant().plus(FETCH_RETRY.withJitter(wait, random));
    recordHeldUp(account, reason, until);
    return until;
  }

  private void recordHeldUp(Account account, String reason, Instant until) {
    health.heldUp(account, reason, Duration.between(clock.instant(), until));
    heldUp = true;
    okRecordedAt = null;
  }

  /**
   * A mail repeatedly fails to be ingested for internal reasons: recorded in the account's health.
   */
  void recordInternalFailure(Account account, String reason, Instant until) {
    if (internalFailures >= REPORTED_INTERNAL_FAILURES) {
      recordHeldUp(
          account, "a mail cannot be ingested, through no fault of its server: " + reason, until);
    }
  }

  /** An internal failure: retried soon. */
  Instant afterInternalFailure() {
    internalFailures++;
    Duration wait = INTERNAL_RETRY.delay(internalFailures);
    return clock.instant().plus(INTERNAL_RETRY.withJitter(wait, random));
  }
}
