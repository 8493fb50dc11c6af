package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.inbound.mailbox.WorkQueue.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls to servers that may be slow: after a while the calling worker lends its place, and
 * after a timeout the connection is closed, which ends the call.
 */
final class NetworkCalls {
  private static final Duration LEND_AFTER = Duration.ofMillis(300);

  private final ScheduledExecutorService timer;
  private final WorkQueue queue;

  NetworkCalls(ScheduledExecutorService timer, WorkQueue queue) {
    this.timer = timer;
    this.queue = queue;
  }

  /**
   * A call to a server.
   *
   * @param <E> the exception that it throws
   */
  interface Call<T extends @Nullable Object, E extends Exception> {
    T run() throws E;
  }

  /** Makes a call that has its own timeout. */
  <T, E extends Exception> T call(Call<T, E> call) throws E {
    return call(null, () -> {}, call);
  }

  /**
   * Makes a call.
   *
   * @param limit the timeout; null if the call has its own
   * @param cut ends the call; run by another thread
   */
  <T extends @Nullable Object, E extends Exception> T call(
      @Nullable Duration limit, Runnable cut, Call<T, E> call) throws E {
    Wait waiting = new Wait(WorkQueue.current());
    ScheduledFuture<?> lending = schedule(waiting::lend, LEND_AFTER);
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

  private final class Wait {
    private final @Nullable Turn turn;
    private boolean isLent;
    private boolean ended;

    Wait(@Nullable Turn turn) {
      this.turn = turn;
    }

    synchronized void lend() {
      if (turn != null && !ended) {
        isLent = true;
        queue.lend(turn);
      }
    }

    synchronized void end() {
      ended = true;
      if (isLent && turn != null) {
        queue.repay(turn);
      }
    }
  }
}
