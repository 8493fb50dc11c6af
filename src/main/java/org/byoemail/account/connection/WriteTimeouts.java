package org.byoemail.account.connection;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** The one thread that cuts off writes that take too long, for all connections. */
@Component
class WriteTimeouts implements DisposableBean {
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
    // Nearly every write ends in time: what it scheduled must not stay until then.
    scheduler.setRemoveOnCancelPolicy(true);
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  @Override
  public void destroy() {
    scheduler.shutdownNow();
  }
}
