package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import org.byoemail.account.registry.Account;
import org.byoemail.platform.lease.Lease;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds where to go on in a folder whose UIDs mean something else than before (RFC 9051 section
 * 2.3.1.1), or is to be read from an earlier point on. Mail that was dealt with is then recognised
 * by its header.
 */
final class UidValidityReset {
  private static final Logger log = LoggerFactory.getLogger(UidValidityReset.class);

  /** Beyond that many mails, only the headers of the last days are compared. */
  private static final long COMPARED = 50_000;

  private static final Duration LAST_DAYS = Duration.ofDays(2);

  /** Clocks differ, and INTERNALDATE is the server's. */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  private final MailboxRows rows;
  private final Account account;
  private final Lease lease;
  private final RemoteFolder folder;

  UidValidityReset(MailboxRows rows, Account account, Lease lease, RemoteFolder folder) {
    this.rows = rows;
    this.account = account;
    this.lease = lease;
    this.folder = folder;
  }

  /** Whether a cursor means nothing in the folder any more. */
  boolean isNeeded(Cursor cursor) throws MessagingException {
    if (folder.uidValidity() == 0 && cursor.uidValidity() != 0) {
      // To go through it all again for want of one number would be no remedy.
      throw new MessagingException("the server did not tell how it numbers mail (UIDVALIDITY)");
    }
    if (folder.uidValidity() != cursor.uidValidity()) {
      return true;
    }
    boolean fell = folder.uidNext() > 0 && folder.uidNext() <= cursor.lastUid();
    // Some servers tell a UIDNEXT that is wrong.
    return fell && folder.lastUid() < cursor.lastUid();
  }

  /**
   * Begins a new epoch of the mailbox, with a cursor before the first mail that may be new.
   *
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  void begin(Mailbox mailbox, Cursor before) throws MessagingException {
    Instant historyEnds = historyEnds(mailbox.watchedSince(), mailbox.backfilledSince());
    Instant lastDate = rows.epochs().lastDate(mailbox.id());
    Instant since = historyEnds;
    if (folder.exists() > COMPARED && lastDate != null) {
      Instant days = lastDate.minus(LAST_DAYS);
      since = since == null || days.isAfter(since) ? days : since;
    }
    long end = Mailboxes.endOf(folder).lastUid();
    long from = since == null ? 0 : Math.min(end, lastBefore(since, end));
    log.warn(
        "The folder of {} was numbered anew (UIDVALIDITY {} to {}, UIDNEXT {} with a cursor at {}):"
            + " it is gone through from UID {} on, and what is known is skipped",
        mailbox.id(),
        before.uidValidity(),
        folder.uidValidity(),
        folder.uidNext(),
        before.lastUid(),
        from + 1);
    rows.epochs()
        .reset(
            account,
            lease,
            before,
            new Cursor(folder.uidValidity(), from),
            new ResyncWindow(Math.max(end + 1, folder.uidNext()), historyEnds, lastDate));
  }

  /** Sets the cursor back and says so, where older mail is wanted that was not wanted before. */
  boolean backfill(Mailbox mailbox, Cursor cursor) throws MessagingException {
    Instant since = account.settings().inbound().backfillSince();
    Instant done = mailbox.backfilledSince();
    if (since == null || done != null && !since.isBefore(done)) {
      return false;
    }
    long from = Math.min(cursor.lastUid(), lastBefore(since, cursor.lastUid()));
    log.info("{} is read from UID {} on: mail since {} is wanted", mailbox.id(), from + 1, since);
    rows.epochs().setBack(lease, from, since);
    return true;
  }

  private long lastBefore(Instant since, long otherwise) throws MessagingException {
    long first = folder.firstUidSince(since.minus(CLOCKS_DIFFER));
    return first == 0 ? otherwise : first - 1;
  }

  /** What arrived before was never to be taken in; null where all was. */
  static @Nullable Instant historyEnds(@Nullable Instant watched, @Nullable Instant backfilled) {
    if (watched == null) {
      return null;
    }
    Instant wanted = watched.minus(CLOCKS_DIFFER);
    return backfilled != null && backfilled.isBefore(wanted) ? backfilled : wanted;
  }
}
