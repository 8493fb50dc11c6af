package org.byoemail.platform.routes.camel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/**
 * Held by the thread that starts, stops or replaces routes of this node, so that a reload does not
 * undo what a person requested meanwhile. Thread-safe.
 */
@Component
class RouteLock {
  private final ReentrantLock lock = new ReentrantLock();

  RouteLock() {}

  /** Does the work unless another thread holds the lock for longer than the timeout. */
  void runWithin(long millis, Runnable work) {
    try {
      if (!lock.tryLock(millis, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }
}
