package org.byoemail.outbound.submission;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/**
 * The share of the heap, a quarter, that submissions may take while they are read and stored, over
 * HTTP and the queue together. Small ones are not counted, and one always has room. Safe for use by
 * many threads, virtual ones too.
 */
@Component
public class ReadingBudget {
  /** Reserved memory, to be released. */
  public interface Room extends AutoCloseable {
    @Override
    void close();
  }

  private static final int SMALL = 64 << 10;
  // As it came, as text, as JSON, as the message, and on its way to the database.
  private static final int COPIES = 6;

  private final long heap;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition given = lock.newCondition();
  private long taken;

  ReadingBudget() {
    this(Runtime.getRuntime().maxMemory() / 4);
  }

  ReadingBudget(long heap) {
    this.heap = heap;
  }

  /**
   * Reserves memory for a submission, and waits for it.
   *
   * @param bytes its size as received
   * @throws NoRoom if none became free in time
   */
  public Room take(long bytes, Duration patience) {
    if (bytes <= SMALL) {
      return () -> {};
    }
    long needed = bytes * COPIES;
    long left = patience.toNanos();
    lock.lock();
    try {
      while (taken > 0 && taken + needed > heap) {
        if (left <= 0) {
          throw new NoRoom();
        }
        left = given.awaitNanos(left);
      }
      taken += needed;
      return () -> giveBack(needed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoRoom();
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(long bytes) {
    lock.lock();
    try {
      taken -= bytes;
      given.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Other large submissions are being read, and they take long. */
  public static final class NoRoom extends RuntimeException {
    NoRoom() {
      super("too many large submissions at the same time: hand it in again in some seconds");
    }
  }
}
