package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Protocol;
import org.byoemail.inbound.mailbox.CatchUp.Run;
import org.byoemail.inbound.mailbox.MailMemory.Share;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.byoemail.platform.lease.Lease;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stay in a folder, from the connection made to its end. Used by one thread at a time. */
final class FolderSession {
  private static final Logger log = LoggerFactory.getLogger(FolderSession.class);
  private static final double JITTER = 0.1;

  /** Some servers lose what arrives in the instant before an IDLE, and tell it at its end. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final WatcherServices tools;
  private final Clock clock;
  private final Lease lease;
  private final FetchFailureTracker failures;
  private final FatalMailGuard fatal;
  private final RemoteFolder folder;
  private final Instant connectedAt;
  private final String host;
  private final @Nullable String address;
  private final Share memory;
  private CatchUp catchUp;
  private boolean fresh = true;
  private boolean idleRefused;
  private boolean keeping;
  private Instant idleUntil = Instant.MIN;
  private Instant lastPoll = Instant.MIN;
  private @Nullable Instant wordsUntil;

  /**
   * Compares the folder with the cursor.
   *
   * @param address what its connections are counted by, beside the name of the host; null: nothing
   * @param wake called by another thread when there is memory after there was none
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  FolderSession(
      WatcherServices tools,
      Account account,
      Lease lease,
      FetchFailureTracker failures,
      FatalMailGuard fatal,
      RemoteFolder folder,
      @Nullable String address,
      Runnable wake)
      throws MessagingException {
    this.fatal = fatal;
    this.address = address;
    this.memory = tools.memory().share(address, account.organization(), wake);
    this.tools = tools;
    this.clock = tools.clock();
    this.lease = lease;
    this.failures = failures;
    this.folder = folder;
    this.host = account.server(Protocol.IMAP).host();
    this.connectedAt = clock.instant();
    Mailbox mailbox = prepared(account);
    this.catchUp = catchUp(account, mailbox, cursor(mailbox));
  }

  /** The row of the mailbox, once its cursor fits the folder. */
  private Mailbox prepared(Account account) throws MessagingException {
    UidValidityReset uidValidityReset = new UidValidityReset(tools.rows(), account, lease, folder);
    Mailbox mailbox = row();
    if (mailbox.cursor() == null) {
      tools.rows().establish(mailbox.id(), Mailboxes.endOf(folder));
    } else if (uidValidityReset.isNeeded(mailbox.cursor())) {
      uidValidityReset.begin(mailbox, mailbox.cursor());
    }
    Long modseq = folder.modseq();
    if (modseq != null) {
      tools.rows().epochs().modseq(lease, modseq);
    }
    mailbox = row();
    return uidValidityReset.backfill(mailbox, cursor(mailbox)) ? row() : mailbox;
  }

  private Cursor cursor(Mailbox mailbox) {
    Cursor cursor = mailbox.cursor();
    if (cursor == null || cursor.uidValidity() != folder.uidValidity()) {
      throw new LeaseLost(lease.mailbox());
    }
    return cursor;
  }

  private Mailbox row() {
    return tools
        .rows()
        .find(lease.mailbox())
        .filter(mailbox -> mailbox.fence() == lease.fence())
        .orElseThrow(() -> new LeaseLost(lease.mailbox()));
  }

  private CatchUp catchUp(Account account, Mailbox mailbox, Cursor cursor) {
    fatal.met(mailbox);
    AfterIngest after = folder.isWritable() ? tools.after(account) : AfterIngest.NONE;
    return new CatchUp(
        folder,
        new MailboxContext(
            account, lease, cursor.uidValidity(), mailbox.epoch(), after, mailbox.window()),
        cursor,
        tools.rows(),
        tools.delivery(),
        failures,
        fatal,
        memory);
  }

  /** Goes on from the cursor that is stored, after it was not clear what had been committed. */
  void resume(Account account) {
    Mailbox mailbox = row();
    catchUp.close();
    catchUp = catchUp(account, mailbox, cursor(mailbox));
  }

  Instant connectedAt() {
    return connectedAt;
  }

  /** One run; see {@link CatchUp#run}. */
  Run look(BooleanSupplier stopping, BooleanSupplier yielding) throws MessagingException {
    boolean refresh = !fresh;
    fresh = false;
    boolean waiting = false;
    Run run;
    try {
      run = catchUp.run(refresh, stopping, yielding);
    } catch (MailMemoryExhausted e) {
      waiting = true;
      throw e;
    } finally {
      if (!waiting) {
        memory.close();
      }
    }
    fresh = run.more();
    lastPoll = clock.instant();
    return run;
  }

  /**
   * Settles down: by IDLE where the account and the server allow it, else until the next poll.
   *
   * @param onNews called by another thread when the server said something
   */
  MailboxState rest(Account account, Runnable onNews) throws MessagingException {
    if (!keeping) {
      keeping = tools.pacing().keep(host, address);
    }
    if (keeping && account.settings().idle() && folder.canIdle() && !idleRefused) {
      try {
        idleUntil = clock.instant().plus(SETTLING);
        folder.startIdle(onNews);
        return MailboxState.IDLE;
      } catch (Refused e) {
        log.info(
            "The server of {} refuses IDLE and is polled: {}", lease.mailbox(), e.getMessage());
        idleRefused = true;
      }
    }
    folder.rest();
    return MailboxState.POLLING;
  }

  /** When there is something to do though nothing happens. */
  Instant due(Account account, MailboxState resting) {
    if (resting == MailboxState.IDLE) {
      return Stream.of(idleUntil, lastPoll.plus(tools.settings().safetyPoll()), wordsUntil)
          .filter(Objects::nonNull)
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
    Duration interval = account.settings().pollInterval();
    double factor = 1 - JITTER + 2 * JITTER * tools.random().nextDouble();
    return lastPoll.plus(Duration.ofMillis((long) (interval.toMillis() * factor)));
  }

  /**
   * Decides whether an IDLE is over. Where it is not, it goes on or was issued anew.
   *
   * @param told whether the server said something
   * @param asked whether somebody wants a poll
   * @return whether the folder is to be looked at
   */
  boolean isWoken(boolean told, boolean asked, Runnable onNews) throws MessagingException {
    Instant now = clock.instant();
    if (told) {
      folder.continueIdle(onNews);
    }
    requireWholeWords(now);
    boolean safety = !now.isBefore(lastPoll.plus(tools.settings().safetyPoll()));
    if (folder.hasNews() || !folder.isIdling() || asked || safety) {
      folder.endIdle();
      fresh = folder.hasNews() && !safety;
      return true;
    }
    if (!now.isBefore(idleUntil)) {
      folder.endIdle();
      if (folder.hasNews()) {
        fresh = true;
        return true;
      }
      idleUntil = now.plus(tools.settings().idleReissue(host));
      folder.startIdle(onNews);
    }
    return false;
  }

  /** What the server has begun to say it must end in time. */
  private void requireWholeWords(Instant now) throws MessagingException {
    if (!folder.hasPartialResponse()) {
      wordsUntil = null;
    } else if (wordsUntil == null) {
      wordsUntil = now.plus(tools.settings().doneTimeout());
    } else if (!now.isBefore(wordsUntil)) {
      throw new MessagingException("the server does not end what it began to say");
    }
  }

  /** Whether the connection is kept; else it is left once there is nothing more to do. */
  boolean isKept() {
    return keeping;
  }

  /** Leaves the server politely. */
  void close() {
    try {
      catchUp.close();
      memory.close();
      folder.close();
    } finally {
      if (keeping) {
        keeping = false;
        tools.pacing().release(host, address);
      }
    }
  }

  /** Cuts the connection; may be called by any thread. */
  void abort() {
    folder.abort();
  }
}
