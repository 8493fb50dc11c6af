package org.byoemail.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Bounded waiting for what another process does, which has no way of telling us. */
final class BoundedWait {
  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(20).toNanos();

  private BoundedWait() {}

  /** Whether the condition held before the time was over or the thread was interrupted. */
  static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return true;
  }
}
