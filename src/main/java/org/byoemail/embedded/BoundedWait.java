package org.byoemail.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Polls, for a bounded time, for a condition that another process brings about. */
final class BoundedWait {
  private static final long POLL_INTERVAL_NANOS = Duration.ofMillis(20).toNanos();

  private BoundedWait() {}

  /** Whether the condition held before the time was over or the thread was interrupted. */
  static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(POLL_INTERVAL_NANOS);
    }
    return true;
  }
}
