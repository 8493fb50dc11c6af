package org.byoemail.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * What all answers of this node together may cost: their number, and the memory that they hold
 * while they are made and read. Whoever is about to load much takes its size first; a request that
 * gets no share within a short time is refused. No organisation holds more than half of it while
 * others want some. Safe for use by many threads.
 */
@Component
public class AnswerBudget {
  static final String SHARE = AnswerBudget.class.getName();

  /** What an answer costs that takes nothing: buffers, and a page of short rows. */
  private static final long BASE = 128 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Map<String, Use> byCaller = new HashMap<>();
  private final Use all = new Use();
  private final int concurrent;
  private final long total;
  private final long perRequest;
  private final long waitNanos;
  private final Counter refused;
  private int waiting;

  AnswerBudget(AnswerSettings settings, MeterRegistry meters) {
    this.concurrent = settings.concurrent();
    long memory = settings.memoryBytes();
    this.total = Math.max(memory / 2, memory - concurrent * BASE);
    this.perRequest = Math.min(settings.perRequest().toBytes(), total / 4);
    this.waitNanos = settings.maxWait().toNanos();
    this.refused =
        Counter.builder("byo.answers.refused")
            .description("requests that got no share of what answering may cost")
            .register(meters);
    Gauge.builder("byo.answers.memory", this, AnswerBudget::bytes)
        .description("memory that is set aside for answers that are being made or read")
        .baseUnit("bytes")
        .register(meters);
  }

  private static final class Use {
    private int requests;
    private long bytes;

    void add(int moreRequests, long moreBytes) {
      requests += moreRequests;
      bytes += moreBytes;
    }
  }

  /** What one request holds, until it is closed. Used by one thread. */
  final class Share implements AutoCloseable {
    private final String caller;
    private long held;

    private Share(String caller) {
      this.caller = caller;
    }

    private void take(long bytes) {
      await(() -> fits(caller, bytes), Integer.MAX_VALUE, () -> change(caller, 0, bytes));
      held += bytes;
    }

    private void giveBack(long bytes) {
      release(caller, 0, bytes);
      held -= bytes;
    }

    @Override
    public void close() {
      release(caller, 1, held);
    }
  }

  /** What the page of one list may hold in memory, in bytes. */
  public long perRequest() {
    return perRequest;
  }

  /**
   * Sets memory aside for the request that runs in this thread, until it is answered.
   *
   * @throws AnswersBusy where there is not enough
   */
  public void take(long bytes) {
    Share share = current();
    if (share != null) {
      share.take(Math.min(bytes, total));
    }
  }

  /**
   * Sets memory aside while something runs.
   *
   * @throws AnswersBusy where there is not enough
   */
  public <T> T during(long bytes, Supplier<T> work) {
    Share share = current();
    if (share == null) {
      return work.get();
    }
    long taken = Math.min(bytes, total);
    share.take(taken);
    try {
      return work.get();
    } finally {
      share.giveBack(taken);
    }
  }

  /**
   * Lets an answer begin.
   *
   * @param caller whose share it is of
   * @throws AnswersBusy where too many are being made
   */
  Share enter(String caller) {
    // Few wait at a time: whoever waits holds a thread.
    await(() -> mayEnter(caller), concurrent / 4, () -> change(caller, 1, 0));
    return new Share(caller);
  }

  private boolean mayEnter(String caller) {
    return all.requests < concurrent && of(caller).requests < concurrent / 2;
  }

  private boolean fits(String caller, long more) {
    long own = of(caller).bytes;
    return all.bytes + more <= total && (own == 0 || own + more <= total / 2);
  }

  private Use of(String caller) {
    return byCaller.computeIfAbsent(caller, any -> new Use());
  }

  private void await(BooleanSupplier free, int mostWaiting, Runnable taken) {
    lock.lock();
    try {
      long left = waitNanos;
      while (!free.getAsBoolean()) {
        if (left <= 0 || waiting >= mostWaiting) {
          refused.increment();
          throw new AnswersBusy();
        }
        waiting++;
        try {
          left = freed.awaitNanos(left);
        } finally {
          waiting--;
        }
      }
      taken.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AnswersBusy();
    } finally {
      lock.unlock();
    }
  }

  private void change(String caller, int requests, long bytes) {
    all.add(requests, bytes);
    of(caller).add(requests, bytes);
  }

  private void release(String caller, int requests, long bytes) {
    lock.lock();
    try {
      change(caller, -requests, -bytes);
      byCaller.computeIfPresent(caller, (any, use) -> use.requests == 0 ? null : use);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private double bytes() {
    lock.lock();
    try {
      return all.bytes;
    } finally {
      lock.unlock();
    }
  }

  // None outside of a request, as where a bean is called by another one.
  private static @Nullable Share current() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request == null
        ? null
        : (Share) request.getAttribute(SHARE, RequestAttributes.SCOPE_REQUEST);
  }
}
