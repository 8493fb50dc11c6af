package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.inbound.mailbox.WorkQueue.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls to servers that may be slow: after a while the calling worker lends its place, and
 * when the time is up the connection is cut, which ends the call.
 */
final class NetworkCalls {
  private static final Duration BRIEF = Duration.ofMillis(300);

  private final ScheduledExecutorService timer;
  private final WorkQueue queue;

  NetworkCalls(ScheduledExecutorService timer, WorkQueue queue) {
    this.timer = timer;
    this.queue = queue;
  }

  /**
   * A call to a server.
   *
   * @param <E> how it fails
   */
  interface Call<T extends @Nullable Object, E extends Exception> {
    T run() throws E;
  }

  /** Makes a call that ends by itself. */
  <T, E extends Exception> T make(Call<T, E> call) throws E {
    return make(null, () -> {}, call);
  }

  /**
   * Makes a call.
   *
   * @param limit how long it may take; null where it ends by itself
   * @param cut ends it, called by another thread
   */
  <T extends @Nullable Object, E extends Exception> T make(
      @Nullable Duration limit, Runnable cut, Call<T, E> call) throws E {
    Waiting waiting = new Waiting(WorkQueue.present());
    ScheduledFuture<?> lending = schedule(waiting::lend, BRIEF);
    ScheduledFuture<?> cutting = limit == null ? null : schedule(cut, limit);
    try {
      return call.run();
    } finally {
      lending.cancel(false);
      if (cutting != null) {
        cutting.cancel(false);
      }
      waiting.end();
    }
  }

  private ScheduledFuture<?> schedule(Runnable action, Duration delay) {
    return timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private final class Waiting {
    private final @Nullable Turn worker;
    private boolean lent;
    private boolean over;

    Waiting(@Nullable Turn worker) {
      this.worker = worker;
    }

    synchronized void lend() {
      if (worker != null && !over) {
        lent = true;
        queue.lend(worker);
      }
    }

    synchronized void end() {
      over = true;
      if (lent && worker != null) {
        queue.repay(worker);
      }
    }
  }
}
