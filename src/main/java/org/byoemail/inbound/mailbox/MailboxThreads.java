package org.byoemail.inbound.mailbox;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** The threads that all mailboxes share: workers, a timer, and the selector of IDLE connections. */
@Component
class MailboxThreads implements DisposableBean {
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), named("worker"));
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, named("timer"));
  private final ExecutorService handovers = occasional("handover");
  private final IdleSelector selector = new IdleSelector();
  private final WorkQueue queue;
  private final NetworkCalls calls;

  MailboxThreads(MailboxSettings settings) {
    timer.setRemoveOnCancelPolicy(true);
    queue = new WorkQueue(workers, settings.workers());
    calls = new NetworkCalls(timer, queue);
  }

  WorkQueue queue() {
    return queue;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  ExecutorService handovers() {
    return handovers;
  }

  NetworkCalls calls() {
    return calls;
  }

  IdleSelector selector() {
    return selector;
  }

  /** One thread, which exists while there is work. */
  static ExecutorService occasional(String name) {
    return new ThreadPoolExecutor(
        0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
  }

  static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory = Executors.defaultThreadFactory();
    return work -> {
      Thread thread = factory.newThread(work);
      thread.setName("byo-mailbox-" + name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void destroy() {
    workers.shutdown();
    handovers.shutdown();
    timer.shutdownNow();
    selector.close();
  }
}
