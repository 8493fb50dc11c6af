package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.Stage;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Protocol;
import org.byoemail.inbound.mailbox.IncomingMail.Stumbles;
import org.jspecify.annotations.Nullable;

/**
 * When a mailbox is tried again after a failure, and what is recorded of it as the account's
 * health. Our own failures are short and recorded as nobody's.
 */
final class MailboxBackoff {
  private static final Duration FIRST_OF_OURS = Duration.ofSeconds(5);
  private static final Duration LONGEST_OF_OURS = Duration.ofMinutes(1);
  private static final int LASTING = 3;
  private static final Duration FIRST_FETCH_ALONE = Duration.ofSeconds(10);
  private static final Duration FIRST_FETCH = Duration.ofMinutes(2);
  private static final Duration LONGEST_FETCH = Duration.ofHours(1);
  private static final Duration RECONNECT = Duration.ofSeconds(2);
  private static final Duration SETTLED = Duration.ofMinutes(1);
  private static final Duration HEALTH_IS_FRESH = Duration.ofMinutes(1);

  private final AccountHealthRepository accountHealth;
  private final Clock clock;
  private final RandomGenerator random;
  private int ours;
  private boolean failing = true;
  private boolean doubted;
  private boolean dying;
  private boolean heldUp;
  private @Nullable Instant lostYoungAt;
  private @Nullable Instant toldOk;

  MailboxBackoff(AccountHealthRepository accountHealth, Clock clock, RandomGenerator random) {
    this.accountHealth = accountHealth;
    this.clock = clock;
    this.random = random;
  }

  /** The folder is open: the server works, unless it is what comes after that fails. */
  void opened(Account account) {
    doubted = false;
    if (!dying && !heldUp) {
      works(account);
    }
  }

  /** A look into the folder was complete. We work, too. */
  void looked(Account account) {
    ours = 0;
    heldUp = false;
    if (!dying) {
      works(account);
    }
  }

  /**
   * A connection holds, after others that did not: the server works once it held for a while.
   *
   * @param complete whether it has done all it was made for
   */
  void holds(Account account, Instant connectedAt, boolean complete) {
    Instant proven = provenAt(connectedAt);
    if (proven != null && (complete || !proven.isAfter(clock.instant()))) {
      dying = false;
      works(account);
    }
  }

  /** When a connection will have held for long enough; null where that is of no interest. */
  @Nullable Instant provenAt(Instant connectedAt) {
    return dying ? connectedAt.plus(SETTLED) : null;
  }

  /** Told where it was not known, and once a minute otherwise. */
  private void works(Account account) {
    Instant now = clock.instant();
    if (failing || toldOk == null || toldOk.plus(HEALTH_IS_FRESH).isBefore(now)) {
      accountHealth.ok(account, Protocol.IMAP);
      failing = false;
      toldOk = now;
    }
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
    dying |= connectedAt != null;
    accountHealth.failed(account, Protocol.IMAP, String.valueOf(trouble.getMessage()));
    Duration wait = accountHealth.backoffLeft(account.id(), Protocol.IMAP);
    return wait.isZero() ? now.plus(RECONNECT) : now.plus(wait).plus(varied(wait));
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
    Duration wait = accountHealth.backoffLeft(account.id(), Protocol.IMAP);
    return wait.isZero() ? null : clock.instant().plus(wait);
  }

  /**
   * One mail is not given: tried again within a minute where others are, else in 2 min doubling to
   * 1 h. The account's health says so meanwhile.
   */
  Instant afterFetchFailure(Account account, Stumbles stumbles, String why) {
    int times = Math.max(stumbles.fetching(), 1);
    Duration wait =
        stumbles.alone()
            ? FIRST_FETCH_ALONE.multipliedBy(Math.min(times, 3))
            : FIRST_FETCH.multipliedBy(1L << Math.min(times - 1, 5));
    wait = wait.compareTo(LONGEST_FETCH) > 0 ? LONGEST_FETCH : wait;
    Instant until = clock.instant().plus(wait).plus(varied(wait));
    holdUp(account, why, until);
    return until;
  }

  private void holdUp(Account account, String why, Instant until) {
    accountHealth.heldUp(account, Protocol.IMAP, why, Duration.between(clock.instant(), until));
    heldUp = true;
    toldOk = null;
  }

  /** A mail is not taken in because of us, again: the account's health says so. */
  void heldUpByUs(Account account, String why, Instant until) {
    if (ours >= LASTING) {
      holdUp(account, "a mail cannot be taken in, through no fault of its server: " + why, until);
    }
  }

  /** We are at fault: the same again, soon. */
  Instant afterOwnTrouble() {
    Duration wait = FIRST_OF_OURS.multipliedBy(1L << Math.min(ours++, 4));
    wait = wait.compareTo(LONGEST_OF_OURS) > 0 ? LONGEST_OF_OURS : wait;
    return clock.instant().plus(wait).plus(varied(wait));
  }

  /** Up to a tenth, so that those who fell together do not rise together. */
  private Duration varied(Duration whole) {
    return Duration.ofMillis((long) (whole.toMillis() * 0.1 * random.nextDouble()));
  }
}
