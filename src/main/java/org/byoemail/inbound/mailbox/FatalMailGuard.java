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
 * Finds the mail that ends the program whenever it is read, for want of memory. What is read is
 * noted and committed before, so that the next watcher of the mailbox, here or on another node,
 * finds it: it reads those mails one by one, and one by which the program has ended again not at
 * all. No two suspects of a node are read at the same time, so that one is not blamed for another.
 *
 * <p>Small mails are not worth a commit of their own: they are noted only by who has taken the
 * mailbox over from a node that did not let it go. Lives as long as a {@link MailboxWatcher} and is
 * used by one thread at a time.
 */
final class FatalMailGuard {
  private static final Logger log = LoggerFactory.getLogger(FatalMailGuard.class);

  /** A mail by which the program has ended so often is not read. */
  private static final int MOST_TRIES = 2;

  private static final long LARGE = 1 << 20;
  private static final Semaphore SUSPECT = new Semaphore(1);
  private static final long SUSPECT_SECONDS = 60;

  /** Of this node, by which it is seen that other mails pass. */
  private static final AtomicLong PASSED = new AtomicLong();

  private final MailboxRows rows;

  /** What may be fatal; null: nothing is known to be. */
  private @Nullable FetchAttempt suspects;

  private @Nullable FetchAttempt attempt;
  private boolean met;
  private boolean wary;
  private boolean noted;
  private boolean alone;
  private long passedBefore = PASSED.get();

  FatalMailGuard(MailboxRows rows) {
    this.rows = rows;
  }

  /** Takes note of what the one before has left; what was begun since is known here. */
  void met(Mailbox mailbox) {
    if (!met) {
      met = true;
      suspects = mailbox.attempt();
      wary = mailbox.takenOver();
    }
  }

  /** Whether the program may have ended by that mail, so that it is read by itself. */
  boolean isSuspect(long uid) {
    return suspects != null && suspects.contains(uid);
  }

  /** Whether it is not to be read. */
  boolean isFatal(long uid) {
    return isSuspect(uid)
        && suspects != null
        && suspects.from() == suspects.to()
        && suspects.tries() >= MOST_TRIES;
  }

  /** Mails are going to be read, from their heads on; a suspect by itself. */
  void begin(MailboxContext context, List<Long> uids) {
    long first = uids.get(0);
    FetchAttempt suspected = suspects;
    if (suspected == null || !suspected.contains(first)) {
      begin(context, new FetchAttempt(first, uids.get(uids.size() - 1), 1), wary);
    } else if (!isFatal(first)) {
      alone = alone || isAlone();
      begin(context, new FetchAttempt(first, first, suspected.tries() + 1), true);
    }
  }

  /** Some of those are going to be read to their ends. */
  void beginBodies(MailboxContext context, List<FetchedHeader> heads) {
    long first = heads.get(0).uid();
    if (!noted && !isFatal(first)) {
      long bytes = heads.stream().mapToLong(FetchedHeader::size).sum();
      begin(context, new FetchAttempt(first, heads.get(heads.size() - 1).uid(), 1), bytes >= LARGE);
    }
  }

  private void begin(MailboxContext context, FetchAttempt mails, boolean worthNoting) {
    attempt = mails;
    noted = worthNoting;
    if (worthNoting) {
      rows.begin(context, mails);
    }
  }

  private static boolean isAlone() {
    try {
      return SUSPECT.tryAcquire(SUSPECT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** They passed. */
  void passed() {
    PASSED.incrementAndGet();
    wary = false;
    end();
  }

  /**
   * They were not dealt with, but the program goes on. That is held against them only where memory
   * was short while other mail had enough.
   */
  void failed(MailboxContext context, Throwable trouble) {
    FetchAttempt now = attempt;
    boolean wasNoted = noted;
    end();
    boolean counts = now != null && isShortOfMemory(trouble) && PASSED.get() > passedBefore;
    if (counts) {
      passedBefore = PASSED.get();
      suspects = now;
    } else if (!wasNoted) {
      return;
    }
    try {
      rows.begin(context, suspects);
    } catch (DataAccessException | TransactionException e) {
      log.info("{}: that mails were read in vain cannot be noted: {}", context, e.getMessage());
    }
  }

  private void end() {
    attempt = null;
    noted = false;
    if (alone) {
      alone = false;
      SUSPECT.release();
    }
  }

  private static boolean isShortOfMemory(Throwable trouble) {
    for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError || cause instanceof StackOverflowError) {
        return true;
      }
    }
    return false;
  }
}
