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

/** One connection to a selected folder, from connect to close. Used by one thread at a time. */
final class FolderSession {
  private static final Logger log = LoggerFactory.getLogger(FolderSession.class);
  private static final double JITTER = 0.1;

  /** Some servers miss mail that arrives just before IDLE, and announce it after DONE. */
  private static final Duration IDLE_SETTLING = Duration.ofSeconds(5);

  private final WatcherServices services;
  private final Clock clock;
  private final Lease lease;
  private final MailFailures failures;
  private final RemoteFolder folder;
  private final Instant connectedAt;
  private final String host;
  private final @Nullable String address;
  private final Share memory;
  private CatchUp catchUp;
  private boolean upToDate = true;
  private boolean idleRefused;
  private boolean keptOpen;
  private Instant idleUntil = Instant.MIN;
  private Instant lastPoll = Instant.MIN;
  private @Nullable Instant responseDeadline;

  /**
   * Compares the folder with the cursor.
   *
   * @param address the address by which connections are counted, in addition to the host name;
   *     null: not counted
   * @param wake called by another thread when memory is free after a refusal
   * @throws LeaseLost if another node has taken the mailbox
   */
  FolderSession(
      WatcherServices services,
      Account account,
      Lease lease,
      MailFailures failures,
      RemoteFolder folder,
      @Nullable String address,
      Runnable wake)
      throws MessagingException {
    this.address = address;
    this.memory = services.memory().share(address, account.organization(), wake);
    this.services = services;
    this.clock = services.clock();
    this.lease = lease;
    this.failures = failures;
    this.folder = folder;
    this.host = account.server(Protocol.IMAP).host();
    this.connectedAt = clock.instant();
    Mailbox mailbox = syncCursor(account);
    if (mailbox.junk() != folder.isJunk()) {
      services.rows().junk(lease, folder.isJunk());
    }
    this.catchUp = catchUp(account, mailbox, cursor(mailbox));
  }

  /** Makes the cursor fit the folder and returns the row. */
  private Mailbox syncCursor(Account account) throws MessagingException {
    UidValidityReset uidValidityReset =
        new UidValidityReset(services.rows(), account, lease, folder);
    Mailbox mailbox = requireRow();
    if (mailbox.cursor() == null) {
      services.rows().establish(mailbox.id(), Mailboxes.endOf(folder));
    } else if (uidValidityReset.isNeeded(mailbox.cursor())) {
      uidValidityReset.begin(mailbox, mailbox.cursor());
    }
    Long modseq = folder.modseq();
    if (modseq != null) {
      services.rows().resets().modseq(lease, modseq);
    }
    mailbox = requireRow();
    return uidValidityReset.backfill(mailbox, cursor(mailbox)) ? requireRow() : mailbox;
  }

  private Cursor cursor(Mailbox mailbox) {
    Cursor cursor = mailbox.cursor();
    if (cursor == null || cursor.uidValidity() != folder.uidValidity()) {
      throw new LeaseLost(lease.mailbox());
    }
    return cursor;
  }

  private Mailbox requireRow() {
    return services
        .rows()
        .find(lease.mailbox())
        .filter(mailbox -> mailbox.fence() == lease.fence())
        .orElseThrow(() -> new LeaseLost(lease.mailbox()));
  }

  private CatchUp catchUp(Account account, Mailbox mailbox, Cursor cursor) {
    failures.fatal().load(mailbox);
    AfterIngest after = folder.isWritable() ? services.after(account) : AfterIngest.NONE;
    return new CatchUp(
        folder,
        new MailboxContext(
            account,
            lease,
            cursor.uidValidity(),
            mailbox.epoch(),
            after,
            mailbox.window(),
            folder.isJunk()),
        cursor,
        services.rows(),
        mails -> services.observations().ingest(mails, services.delivery()),
        failures,
        memory);
  }

  /** Continues from the stored cursor, after a failure that may have been committed. */
  void resume(Account account) {
    Mailbox mailbox = requireRow();
    catchUp.close();
    catchUp = catchUp(account, mailbox, cursor(mailbox));
  }

  Instant connectedAt() {
    return connectedAt;
  }

  /** One run; see {@link CatchUp#run}. */
  Run catchUpRun(BooleanSupplier stopping, BooleanSupplier turnUsedUp) throws MessagingException {
    boolean refresh = !upToDate;
    upToDate = false;
    boolean memoryWanted = false;
    Run run;
    try {
      run = catchUp.run(refresh, stopping, turnUsedUp);
    } catch (MailMemoryExhausted e) {
      memoryWanted = true;
      throw e;
    } finally {
      if (!memoryWanted) {
        memory.close();
      }
    }
    upToDate = run.more();
    lastPoll = clock.instant();
    return run;
  }

  /**
   * Waits for new mail: by IDLE if account and server allow it, else until the next poll.
   *
   * @param onNews called by another thread when the server sent something
   */
  MailboxState awaitMail(Account account, Runnable onNews) throws MessagingException {
    if (!keptOpen) {
      keptOpen = services.pacing().keep(host, address);
    }
    if (keptOpen && account.settings().idle() && folder.canIdle() && !idleRefused) {
      try {
        idleUntil = clock.instant().plus(IDLE_SETTLING);
        folder.startIdle(onNews);
        return MailboxState.IDLE;
      } catch (Refused e) {
        log.info(
            "Mailbox {} is polled, its server refuses IDLE: {}", lease.mailbox(), e.getMessage());
        idleRefused = true;
      }
    }
    folder.releaseBuffers();
    return MailboxState.POLLING;
  }

  /** When the next step is due if nothing happens before. */
  Instant due(Account account, MailboxState state) {
    if (state == MailboxState.IDLE) {
      return Stream.of(idleUntil, lastPoll.plus(services.settings().safetyPoll()), responseDeadline)
          .filter(Objects::nonNull)
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
    Duration interval = account.settings().pollInterval();
    double factor = 1 - JITTER + 2 * JITTER * services.random().nextDouble();
    return lastPoll.plus(Duration.ofMillis((long) (interval.toMillis() * factor)));
  }

  /**
   * Decides whether to leave IDLE. If not, IDLE continues or is reissued.
   *
   * @param notified whether the server sent something
   * @param pollRequested whether a poll was requested
   * @return whether to catch up now
   */
  boolean isWakeNeeded(boolean notified, boolean pollRequested, Runnable onNews)
      throws MessagingException {
    Instant now = clock.instant();
    if (notified) {
      folder.continueIdle(onNews);
    }
    requireCompleteResponse(now);
    boolean safetyPollDue = !now.isBefore(lastPoll.plus(services.settings().safetyPoll()));
    if (folder.hasNews() || !folder.isIdling() || pollRequested || safetyPollDue) {
      folder.endIdle();
      upToDate = folder.hasNews() && !safetyPollDue;
      return true;
    }
    if (!now.isBefore(idleUntil)) {
      folder.endIdle();
      if (folder.hasNews()) {
        upToDate = true;
        return true;
      }
      idleUntil = now.plus(services.settings().idleReissue(host));
      folder.startIdle(onNews);
    }
    return false;
  }

  /** A response that has begun must be completed in time. */
  private void requireCompleteResponse(Instant now) throws MessagingException {
    if (!folder.hasPartialResponse()) {
      responseDeadline = null;
    } else if (responseDeadline == null) {
      responseDeadline = now.plus(services.settings().doneTimeout());
    } else if (!now.isBefore(responseDeadline)) {
      throw new MessagingException("the server does not complete its response");
    }
  }

  /** Whether the connection stays open between polls. */
  boolean isKept() {
    return keptOpen;
  }

  /** Closes by LOGOUT. */
  void close() {
    try {
      catchUp.close();
      memory.close();
      folder.close();
    } finally {
      if (keptOpen) {
        keptOpen = false;
        services.pacing().release(host, address);
      }
    }
  }

  /** Closes the socket at once. May be called by any thread. */
  void abort() {
    folder.abort();
  }
}
