package org.byoemail.inbound.mailbox;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Finds the mail that crashes the node with an OutOfMemoryError whenever it is read. What is about
 * to be read is recorded and committed first, so that the next watcher of the mailbox, here or on
 * another node, finds it: it reads those mails one by one, and skips one that crashed a node twice.
 * A node reads one suspect at a time, so that none is blamed for another.
 *
 * <p>Small mails are not worth a commit of their own: they are recorded only after the mailbox was
 * taken over from a node that had not released it. Lives as long as a {@link MailboxWatcher}; used
 * by one thread at a time.
 */
final class FatalMailGuard {
  private static final Logger log = LoggerFactory.getLogger(FatalMailGuard.class);

  /** A mail that crashed a node this often is not read again. */
  private static final int MAX_TRIES = 2;

  private static final long LARGE_BYTES = 1 << 20;
  private static final Semaphore SUSPECT_PERMIT = new Semaphore(1);
  private static final long PERMIT_WAIT_SECONDS = 60;

  /** Mails delivered by this node: shows whether other mails had enough memory. */
  private static final AtomicLong DELIVERED = new AtomicLong();

  private final MailboxRows rows;

  /** Mails that may crash the node; null: none are known. */
  private @Nullable FetchAttempt suspects;

  private @Nullable FetchAttempt current;
  private boolean loaded;
  private boolean uncleanTakeover;
  private boolean recorded;
  private boolean holdsPermit;
  private long deliveredBefore = DELIVERED.get();

  FatalMailGuard(MailboxRows rows) {
    this.rows = rows;
  }

  /** Takes over what the previous watcher recorded; later attempts are tracked here. */
  void load(Mailbox mailbox) {
    if (!loaded) {
      loaded = true;
      suspects = mailbox.attempt();
      uncleanTakeover = mailbox.takenOver();
    }
  }

  /** Whether that mail may have crashed a node, so that it is read by itself. */
  boolean isSuspect(long uid) {
    return suspects != null && suspects.contains(uid);
  }

  /** Whether the mail must not be read. */
  boolean isFatal(long uid) {
    return isSuspect(uid)
        && suspects != null
        && suspects.firstUid() == suspects.lastUid()
        && suspects.tries() >= MAX_TRIES;
  }

  /** Mails are about to be read, headers first; a suspect by itself. */
  void begin(MailboxContext context, List<Long> uids) {
    long first = uids.get(0);
    FetchAttempt suspected = suspects;
    if (suspected == null || !suspected.contains(first)) {
      begin(context, new FetchAttempt(first, uids.get(uids.size() - 1), 1), uncleanTakeover);
    } else if (!isFatal(first)) {
      holdsPermit = holdsPermit || acquirePermit();
      begin(context, new FetchAttempt(first, first, suspected.tries() + 1), true);
    }
  }

  /** The bodies of some of those mails are about to be read. */
  void beginBodies(MailboxContext context, List<FetchedHeader> headers) {
    long first = headers.get(0).uid();
    if (!recorded && !isFatal(first)) {
      long bytes = headers.stream().mapToLong(FetchedHeader::size).sum();
      begin(
          context,
          new FetchAttempt(first, headers.get(headers.size() - 1).uid(), 1),
          bytes >= LARGE_BYTES);
    }
  }

  private void begin(MailboxContext context, FetchAttempt mails, boolean record) {
    current = mails;
    recorded = record;
    if (record) {
      rows.begin(context, mails);
    }
  }

  private static boolean acquirePermit() {
    try {
      return SUSPECT_PERMIT.tryAcquire(PERMIT_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The current mails were delivered. */
  void delivered() {
    DELIVERED.incrementAndGet();
    uncleanTakeover = false;
    end();
  }

  /**
   * The current mails were not delivered, but the node lives on. They become suspects only if
   * memory was short while other mails had enough.
   */
  void failed(MailboxContext context, Throwable failure) {
    FetchAttempt now = current;
    boolean wasRecorded = recorded;
    end();
    boolean counts = now != null && isShortOfMemory(failure) && DELIVERED.get() > deliveredBefore;
    if (counts) {
      deliveredBefore = DELIVERED.get();
      suspects = now;
    } else if (!wasRecorded) {
      return;
    }
    try {
      rows.begin(context, suspects);
    } catch (DataAccessException | TransactionException e) {
      log.info("{}: a failed read cannot be recorded: {}", context, e.getMessage());
    }
  }

  private void end() {
    current = null;
    recorded = false;
    if (holdsPermit) {
      holdsPermit = false;
      SUSPECT_PERMIT.release();
    }
  }

  private static boolean isShortOfMemory(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError || cause instanceof StackOverflowError) {
        return true;
      }
    }
    return false;
  }
}
