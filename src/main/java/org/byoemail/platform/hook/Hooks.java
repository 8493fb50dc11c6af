package org.byoemail.platform.hook;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Calls hooks. A hook that exceeds the timeout is interrupted, and no more than a bounded number
 * run at a time; both count as failures, as does an invalid answer. Callers hold no transaction,
 * connection or lock. Safe for use by many threads.
 */
@Component
public class Hooks implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(Hooks.class);
  private static final int IDLE_SECONDS = 30;
  private static final int MAX_WAITING = 200;

  private final HookRoutes routes;
  private final HookSettings settings;
  private final ThreadPoolExecutor threads;
  private final ThreadPoolExecutor after;
  private final ScheduledThreadPoolExecutor alarms;
  private final Set<HookPoint> failing = ConcurrentHashMap.newKeySet();
  private final Map<HookPoint, Timer> refused = new EnumMap<>(HookPoint.class);
  private final Map<HookPoint, Timer> continued = new EnumMap<>(HookPoint.class);
  private final Map<HookPoint, Timer> failed = new EnumMap<>(HookPoint.class);

  Hooks(HookRoutes routes, HookSettings settings, MeterRegistry meters) {
    this.routes = routes;
    this.settings = settings;
    this.threads =
        new ThreadPoolExecutor(
            0,
            settings.concurrent(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Hooks::thread);
    int notifierThreads = Math.max(1, settings.concurrent() / 4);
    this.after =
        new ThreadPoolExecutor(
            notifierThreads,
            notifierThreads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Hooks::thread);
    after.allowCoreThreadTimeOut(true);
    this.alarms = new ScheduledThreadPoolExecutor(1, Hooks::thread);
    alarms.setRemoveOnCancelPolicy(true);
    for (HookPoint point : HookPoint.values()) {
      refused.put(point, timer(meters, point, "refuse"));
      continued.put(point, timer(meters, point, "continue"));
      failed.put(point, timer(meters, point, "failed"));
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "hook");
    thread.setDaemon(true);
    return thread;
  }

  private static Timer timer(MeterRegistry meters, HookPoint point, String outcome) {
    return Timer.builder("byo.hook")
        .description("calls of hooks")
        .tag("hook", point.word())
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Whether there is a hook at the point. */
  public boolean has(HookPoint point) {
    return routes.has(point);
  }

  /** Whether mail is ingested although its hook failed. */
  public boolean ingestsUnchecked() {
    return settings.ingestUnchecked();
  }

  /**
   * Calls the hook, if there is one.
   *
   * @param body the body for the hook; evaluated only if there is a hook
   * @throws HookFailed if it gave no valid answer
   */
  public HookAnswer ask(HookPoint point, Supplier<Map<String, Object>> body) {
    if (!routes.has(point)) {
      return HookAnswer.CONTINUE;
    }
    long start = System.nanoTime();
    try {
      HookAnswer answer = answer(point, body.get());
      answered(point, answer.refused() ? refused : continued, start);
      return answer;
    } catch (HookFailed e) {
      failed(e, point, start);
      throw e;
    }
  }

  /**
   * Notifies the hook of what has happened, if there is one, and does not wait for it. Nothing that
   * the hook does reaches the caller. Calls that wait are lost when the process ends.
   *
   * @param body the body for the hook; evaluated at once, and only if there is a hook
   */
  public void notifyHook(HookPoint point, Supplier<Map<String, Object>> body) {
    if (!routes.has(point)) {
      return;
    }
    long start = System.nanoTime();
    try {
      Map<String, Object> facts = body.get();
      after.execute(() -> follow(point, facts));
    } catch (RejectedExecutionException e) {
      failed(new HookFailed(point, MAX_WAITING + " calls are waiting already"), point, start);
    } catch (RuntimeException e) {
      failed(new HookFailed(point, "its body could not be made: " + e, e), point, start);
    }
  }

  private void follow(HookPoint point, Map<String, Object> body) {
    long start = System.nanoTime();
    FutureTask<@Nullable Object> call =
        new FutureTask<>(() -> routes.run(point, body, HookAnswer.MAX_BYTES));
    ScheduledFuture<?> alarm =
        alarms.schedule(
            () -> call.cancel(true), settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    call.run();
    alarm.cancel(false);
    try {
      call.get();
      answered(point, continued, start);
    } catch (CancellationException e) {
      failed(
          new HookFailed(point, "not done within " + settings.timeout().toMillis() + " ms"),
          point,
          start);
    } catch (ExecutionException e) {
      failed(new HookFailed(point, "failed: " + e.getCause(), e.getCause()), point, start);
    } catch (InterruptedException e) {
      // The process ends.
      Thread.currentThread().interrupt();
    }
  }

  private void answered(HookPoint point, Map<HookPoint, Timer> outcome, long start) {
    outcome.get(point).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    if (failing.remove(point)) {
      log.info("hook-{} answers again", point.word());
    }
  }

  private void failed(HookFailed failure, HookPoint point, long start) {
    failed.get(point).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    if (failing.add(point)) {
      log.error(
          "{}; {}",
          failure.getMessage(),
          point.isAfter() ? "mail does not wait for it" : "mail waits until it answers",
          failure.getCause());
    }
  }

  private HookAnswer answer(HookPoint point, Map<String, Object> body) {
    Future<@Nullable Object> running;
    try {
      running = threads.submit(() -> routes.run(point, body, HookAnswer.MAX_BYTES));
    } catch (RejectedExecutionException e) {
      throw new HookFailed(
          point, settings.concurrent() + " hooks (byo.hook.concurrent) are already running");
    }
    try {
      Object answer = running.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null || answer == body) {
        return HookAnswer.CONTINUE;
      }
      if (answer instanceof Map<?, ?> map) {
        return HookAnswer.of(point, map);
      }
      if (answer instanceof byte[] json) {
        return HookAnswer.parse(point, json);
      }
      throw new HookFailed(
          point, "its answer is no JSON object but " + answer.getClass().getName());
    } catch (TimeoutException e) {
      throw new HookFailed(point, "no answer within " + settings.timeout().toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new HookFailed(point, "failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HookFailed(point, "interrupted");
    } finally {
      running.cancel(true);
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
    after.shutdownNow();
    alarms.shutdownNow();
  }
}
