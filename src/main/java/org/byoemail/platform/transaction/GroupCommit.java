package org.byoemail.platform.transaction;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.byoemail.platform.retry.DatabaseErrors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Group commit: items that threads submit while a transaction runs wait for the next one, which
 * takes all of them, up to a maximum. The first waiting thread runs it. So a commit, and the round
 * trips before it, are shared under load, and a single thread does not wait. Safe for use by many
 * threads.
 *
 * <p>If the last transaction was shared, the next one waits a few milliseconds for as many items.
 *
 * <p>If a shared transaction fails, each of its items is retried in a transaction of its own, so
 * that one bad item fails alone; not if the database was away.
 *
 * @param <T> an item
 * @param <R> the result of an item, returned after the commit
 */
public final class GroupCommit<T, R extends @Nullable Object> {
  /** The work of one transaction. */
  @FunctionalInterface
  public interface Work<T, R extends @Nullable Object> {
    /** Processes all items; returns their results in the same order. */
    List<R> all(List<T> items);
  }

  private static final Duration MAX_WAIT_FOR_MORE = Duration.ofMillis(5);
  private static final Duration MAX_WAIT_OF_QUERY = Duration.ofMillis(2);

  private final int maxItems;
  private final long maxWaitNanos;
  private final TransactionTemplate transaction;
  private final Work<T, R> work;
  private final Deque<Entry<T, R>> waiting = new ArrayDeque<>();
  private boolean running;
  private int enough = 1;

  /**
   * @param maxItems the most items of one transaction
   */
  public GroupCommit(int maxItems, PlatformTransactionManager transactions, Work<T, R> work) {
    this(maxItems, MAX_WAIT_FOR_MORE, transactions, work);
  }

  /**
   * @param maxWait how long a shared transaction waits for more items
   */
  public GroupCommit(
      int maxItems, Duration maxWait, PlatformTransactionManager transactions, Work<T, R> work) {
    this.maxItems = maxItems;
    this.maxWaitNanos = maxWait.toNanos();
    this.transaction = new TransactionTemplate(transactions);
    // Independent of a transaction of the caller, which other threads' items must not wait for.
    this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    this.work = work;
  }

  /**
   * A group commit whose work is a query: items share its statement, which needs no transaction
   * around it. A shared query waits for more items, too, but not as long.
   *
   * @param maxItems the most items of one statement
   */
  public static <T, R extends @Nullable Object> GroupCommit<T, R> ofQuery(
      int maxItems, PlatformTransactionManager transactions, Work<T, R> work) {
    GroupCommit<T, R> queries = new GroupCommit<>(maxItems, MAX_WAIT_OF_QUERY, transactions, work);
    queries.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
    return queries;
  }

  /**
   * Processes an item. Returns after the commit.
   *
   * @throws RuntimeException what the work, or the commit, throws
   */
  public R submit(T item) {
    Entry<T, R> own = new Entry<>(item);
    add(List.of(own));
    settle(own);
    return own.result();
  }

  /**
   * Processes several items, which share transactions with each other and with items of other
   * threads. Returns after the last commit.
   *
   * @return for each item, in the same order, a supplier of its result, which throws what {@link
   *     #submit} would throw
   */
  public List<Supplier<R>> submitAll(List<T> items) {
    List<Entry<T, R>> own = items.stream().map(Entry<T, R>::new).toList();
    add(own);
    Error failure = null;
    for (Entry<T, R> entry : own) {
      try {
        settle(entry);
      } catch (Error e) {
        failure = e; // The others must be settled, too: threads may wait for one of them to lead.
      }
    }
    if (failure != null) {
      throw failure;
    }
    return own.stream().<Supplier<R>>map(entry -> entry::result).toList();
  }

  private synchronized void add(List<Entry<T, R>> own) {
    for (Entry<T, R> entry : own) {
      waiting.add(entry);
      entry.follows = running;
      running = true;
    }
    if (waiting.size() >= enough) {
      notifyAll();
    }
  }

  private void settle(Entry<T, R> own) {
    if (own.follows) {
      own.await();
    }
    if (!own.done) {
      leadUninterrupted(own);
    }
  }

  // The transaction holds items of other threads: an interrupt of this one, while it waits for a
  // connection, must not fail them.
  private void leadUninterrupted(Entry<T, R> own) {
    List<Entry<T, R>> batch = next();
    boolean interrupted = Thread.interrupted();
    try {
      lead(batch, own);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** How many wait for the next transaction. */
  synchronized int waiting() {
    return waiting.size();
  }

  private synchronized List<Entry<T, R>> next() {
    waitForEnough();
    List<Entry<T, R>> batch = new ArrayList<>();
    while (batch.size() < maxItems && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    enough = batch.size();
    return batch;
  }

  private synchronized void waitForEnough() {
    long end = System.nanoTime() + maxWaitNanos;
    try {
      for (long left = maxWaitNanos;
          waiting.size() < enough && left > 0;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Continues with what has been submitted.
    }
  }

  private void lead(List<Entry<T, R>> batch, Entry<T, R> own) {
    try {
      together(batch);
    } finally {
      Entry<T, R> leader;
      synchronized (this) {
        leader = waiting.peek();
        running = leader != null;
      }
      if (leader != null) {
        leader.signal.countDown();
      }
      for (Entry<T, R> entry : batch) {
        entry.done = true;
        if (entry != own) {
          entry.signal.countDown();
        }
      }
    }
  }

  private void together(List<Entry<T, R>> batch) {
    try {
      List<R> results =
          Objects.requireNonNull(
              transaction.execute(
                  status -> work.all(batch.stream().map(entry -> entry.item).toList())));
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result = results.get(i);
      }
    } catch (RuntimeException e) {
      if (batch.size() == 1 || isAway(e)) {
        batch.forEach(entry -> entry.failure = e);
      } else {
        batch.forEach(entry -> together(List.of(entry)));
      }
    } catch (Error e) {
      batch.forEach(entry -> entry.failure = new IllegalStateException(e));
      throw e;
    }
  }

  private static boolean isAway(RuntimeException e) {
    return DatabaseErrors.isUnavailable(e) && !(e instanceof PessimisticLockingFailureException);
  }

  private static final class Entry<T, R extends @Nullable Object> {
    private final T item;
    private final CountDownLatch signal = new CountDownLatch(1);
    private boolean follows;
    private volatile boolean done;
    private @Nullable R result;
    private @Nullable RuntimeException failure;

    Entry(T item) {
      this.item = item;
    }

    // Its item may be committed by now: an interrupt does not end the wait for the result.
    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          signal.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    R result() {
      if (failure != null) {
        throw failure;
      }
      return result;
    }
  }
}
