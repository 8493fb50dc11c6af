package org.byoemail.account.connection;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Cuts connections whose server takes no more bytes: no write ends by itself. One thread looks at
 * those that are being written to, so that a write that ends in time, as nearly every one does,
 * costs next to nothing. Safe for use by many threads.
 */
@Component
class WriteTimeouts implements DisposableBean {
  private static final long LOOK_MILLIS = 200;

  private final Set<Wire> writing = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor scheduler;

  WriteTimeouts() {
    scheduler =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "write-timeouts");
              thread.setDaemon(true);
              return thread;
            });
    // Nearly everything ends in time: its timeout must not stay queued until then.
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.scheduleWithFixedDelay(
        this::cutOverdue, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A write begins; {@link Wire#cutIfOverdue} knows when it must have ended. */
  void begin(Wire wire) {
    writing.add(wire);
  }

  void end(Wire wire) {
    writing.remove(wire);
  }

  private void cutOverdue() {
    writing.forEach(Wire::cutIfOverdue);
  }

  /** Closes a connection in a while, unless that is cancelled before. */
  Future<?> cutIn(Duration limit, Wire wire) {
    return scheduler.schedule(wire::cut, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void destroy() {
    scheduler.shutdownNow();
  }
}
