package org.byoemail.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.byoemail.account.Account;
import org.byoemail.account.AccountHealth;
import org.byoemail.account.Healths;
import org.byoemail.account.Side;
import org.byoemail.connection.ConnectionFailed;
import org.byoemail.connection.Stage;
import org.jspecify.annotations.Nullable;

/**
 * When a mailbox is tried again after a failure, and what is recorded of it as the account's
 * health. Our own failures are short and recorded as nobody's.
 */
final class Backoff {
  private static final Duration FIRST_OF_OURS = Duration.ofSeconds(5);
  private static final Duration LONGEST_OF_OURS = Duration.ofMinutes(1);
  private static final Duration FIRST_FETCH = Duration.ofMinutes(2);
  private static final Duration LONGEST_FETCH = Duration.ofHours(1);
  private static final Duration RECONNECT = Duration.ofSeconds(2);
  private static final Duration SETTLED = Duration.ofMinutes(1);
  private static final Duration HEALTH_IS_FRESH = Duration.ofMinutes(1);

  private final Healths healths;
  private final Clock clock;
  private final RandomGenerator random;
  private int ours;
  private boolean failing = true;
  private boolean doubted;
  private @Nullable Instant lostYoungAt;
  private @Nullable Instant toldOk;

  Backoff(Healths healths, Clock clock, RandomGenerator random) {
    this.healths = healths;
    this.clock = clock;
    this.random = random;
  }

  /** The server works: told where it was not known to, and once a minute otherwise. */
  void works(Account account) {
    Instant now = clock.instant();
    if (failing || toldOk == null || toldOk.plus(HEALTH_IS_FRESH).isBefore(now)) {
      healths.ok(account, Side.IMAP);
      failing = false;
      toldOk = now;
    }
    doubted = false;
  }

  /** We work, too. */
  void succeeded() {
    ours = 0;
  }

  /**
   * The server or the account is at fault.
   *
   * @param connectedAt since when the connection had been good; null where it never was
   */
  Instant afterServerTrouble(Account account, @Nullable Instant connectedAt, Exception trouble) {
    Instant now = clock.instant();
    if (!failing && !isOfCredentials(trouble) && mayPass(connectedAt, now)) {
      doubted = true;
      return now.plus(RECONNECT).plus(varied(RECONNECT));
    }
    failing = true;
    AccountHealth health = healths.failed(account, Side.IMAP, String.valueOf(trouble.getMessage()));
    Instant until = health.backoffUntil();
    return until == null ? now.plus(RECONNECT) : until.plus(varied(between(now, until)));
  }

  /**
   * Connections end now and then: it is a failure where the next one does not come about, or where
   * one that is made soon after, too, ends at once.
   */
  private boolean mayPass(@Nullable Instant connectedAt, Instant now) {
    if (connectedAt == null) {
      return !doubted;
    }
    boolean young = !connectedAt.plus(SETTLED).isBefore(now);
    Instant before = lostYoungAt;
    boolean again = before != null && before.plus(SETTLED).isAfter(connectedAt);
    lostYoungAt = young ? now : null;
    return !young || !again;
  }

  private static boolean isOfCredentials(Exception trouble) {
    return trouble instanceof ConnectionFailed failed && failed.stage() == Stage.AUTH;
  }

  /** The moment that an earlier failure asks to wait for; null where there is none. */
  @Nullable Instant standing(Account account) {
    return healths.of(account.id(), Side.IMAP).backoffUntil();
  }

  /** One mail is not given, for the nth time: 2 min doubling to 1 h. */
  Instant afterFetchFailure(int times) {
    Duration wait = FIRST_FETCH.multipliedBy(1L << Math.min(Math.max(times, 1) - 1, 5));
    wait = wait.compareTo(LONGEST_FETCH) > 0 ? LONGEST_FETCH : wait;
    return clock.instant().plus(wait).plus(varied(wait));
  }

  /** We are at fault: the same again, soon. */
  Instant afterOwnTrouble() {
    Duration wait = FIRST_OF_OURS.multipliedBy(1L << Math.min(ours++, 4));
    wait = wait.compareTo(LONGEST_OF_OURS) > 0 ? LONGEST_OF_OURS : wait;
    return clock.instant().plus(wait).plus(varied(wait));
  }

  private static Duration between(Instant now, Instant until) {
    return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
  }

  /** Up to a tenth, so that those who fell together do not rise together. */
  private Duration varied(Duration whole) {
    return Duration.ofMillis((long) (whole.toMillis() * 0.1 * random.nextDouble()));
  }
}
