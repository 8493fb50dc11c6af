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
 * Finds where to continue in a folder whose UIDVALIDITY has changed (RFC 9051 section 2.3.1.1), or
 * that is to be backfilled. Mail that was ingested before is then recognised by its header.
 */
final class UidValidityReset {
  private static final Logger log = LoggerFactory.getLogger(UidValidityReset.class);

  /** In folders with more mails, only the headers of the last days are compared. */
  private static final long MAX_COMPARED = 50_000;

  private static final Duration RECENT = Duration.ofDays(2);

  /** INTERNALDATE is by the server's clock. */
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

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

  /** Whether a cursor is no longer valid in the folder. */
  boolean isNeeded(Cursor cursor) throws MessagingException {
    if (folder.uidValidity() == 0 && cursor.uidValidity() != 0) {
      // Reading everything again because one number is missing would be no remedy.
      throw new MessagingException("the server sent no UIDVALIDITY");
    }
    if (folder.uidValidity() != cursor.uidValidity()) {
      return true;
    }
    boolean uidNextFell = folder.uidNext() > 0 && folder.uidNext() <= cursor.lastUid();
    // Some servers send a wrong UIDNEXT.
    return uidNextFell && folder.lastUid() < cursor.lastUid();
  }

  /**
   * Starts a new epoch of the mailbox, with a cursor before the first mail that may be new.
   *
   * @throws LeaseLost if another node has taken the mailbox
   */
  void begin(Mailbox mailbox, Cursor before) throws MessagingException {
    Instant historyEnds = historyEnds(mailbox.watchedSince(), mailbox.backfilledSince());
    Instant lastDate = rows.resets().lastDate(mailbox.id());
    Instant since = historyEnds;
    if (folder.exists() > MAX_COMPARED && lastDate != null) {
      Instant recent = lastDate.minus(RECENT);
      since = since == null || recent.isAfter(since) ? recent : since;
    }
    long end = Mailboxes.endOf(folder).lastUid();
    long from = since == null ? 0 : Math.min(end, lastBefore(since, end));
    log.warn(
        "UIDVALIDITY of mailbox {} has changed ({} to {}, UIDNEXT {}, cursor at {}):"
            + " reading from UID {}, known mail is skipped",
        mailbox.id(),
        before.uidValidity(),
        folder.uidValidity(),
        folder.uidNext(),
        before.lastUid(),
        from + 1);
    rows.resets()
        .reset(
            account,
            lease,
            before,
            new Cursor(folder.uidValidity(), from),
            mailbox.key().folder(),
            new ResyncWindow(Math.max(end + 1, folder.uidNext()), historyEnds, lastDate));
  }

  /** Moves the cursor back if older mail is wanted than before; true if it did. */
  boolean backfill(Mailbox mailbox, Cursor cursor) throws MessagingException {
    Instant since = account.settings().inbound().backfillSince();
    Instant backfilled = mailbox.backfilledSince();
    if (since == null || backfilled != null && !since.isBefore(backfilled)) {
      return false;
    }
    long from = Math.min(cursor.lastUid(), lastBefore(since, cursor.lastUid()));
    log.info(
        "Mailbox {} is read from UID {}: backfill of mail since {}", mailbox.id(), from + 1, since);
    rows.resets().setBack(lease, from, since);
    return true;
  }

  private long lastBefore(Instant since, long fallback) throws MessagingException {
    long first = folder.firstUidSince(since.minus(CLOCK_SKEW));
    return first == 0 ? fallback : first - 1;
  }

  /** Mail that arrived before was never to be ingested; null if there is no such bound. */
  static @Nullable Instant historyEnds(@Nullable Instant watched, @Nullable Instant backfilled) {
    if (watched == null) {
      return null;
    }
    Instant wanted = watched.minus(CLOCK_SKEW);
    return backfilled != null && backfilled.isBefore(wanted) ? backfilled : wanted;
  }
}
