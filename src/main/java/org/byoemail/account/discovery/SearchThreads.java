package org.byoemail.account.discovery;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.byoemail.account.connection.Deadline;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * The threads on which the parts of a search run side by side. The number of searches is bounded,
 * so the queue is too. Safe for use by many threads.
 */
@Component
class SearchThreads implements DisposableBean {
  private static final int THREADS = 48;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new CustomizableThreadFactory("byo-discovery-"));

  SearchThreads() {
    threads.allowCoreThreadTimeOut(true);
  }

  <T> Future<T> submit(Callable<T> work) {
    return threads.submit(work);
  }

  /**
   * Waits for a result until the deadline.
   *
   * @throws ExecutionException if the work failed or is not done by then
   */
  static <T> T await(Future<T> work, Deadline deadline) throws ExecutionException {
    try {
      return work.get(Math.max(1, deadline.left().toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      work.cancel(true);
      throw new ExecutionException("timed out", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionException("interrupted", e);
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
