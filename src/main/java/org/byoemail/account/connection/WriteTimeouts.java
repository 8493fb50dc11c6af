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
 * Closes connections whose server has stopped reading: a blocked write never ends by itself. One
 * thread checks all writes in progress, so that a write costs next to nothing. Safe for use by many
 * threads.
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
    // Nearly all are cancelled: they must not stay queued.
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.scheduleWithFixedDelay(
        this::cutOverdue, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Registers a write; {@link Wire#cutIfOverdue} checks its deadline. */
  void begin(Wire wire) {
    writing.add(wire);
  }

  void end(Wire wire) {
    writing.remove(wire);
  }

  private void cutOverdue() {
    writing.forEach(Wire::cutIfOverdue);
  }

  /** Schedules closing a connection, unless cancelled. */
  Future<?> cutIn(Duration limit, Wire wire) {
    return scheduler.schedule(wire::cut, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void destroy() {
    scheduler.shutdownNow();
  }
}
