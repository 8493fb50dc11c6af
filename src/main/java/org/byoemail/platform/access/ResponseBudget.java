package org.byoemail.platform.access;

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
 * The number of concurrent responses of this node, and the memory that they hold while they are
 * made and read. Code that is about to load much reserves its size first; a request that gets no
 * share within a short time is refused. No organisation holds more than half while others wait.
 * Thread-safe.
 */
@Component
public class ResponseBudget {
  static final String SHARE = ResponseBudget.class.getName();

  /** The least that a response costs: buffers, and a page of short rows. */
  private static final long BASE = 128 << 10;

  /** All anonymous callers. */
  private static final String UNKNOWN = "unknown";

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

  ResponseBudget(ResponseSettings settings, MeterRegistry meters) {
    this.concurrent = settings.concurrent();
    long memory = settings.memoryBytes();
    this.total = Math.max(memory / 2, memory - concurrent * BASE);
    this.perRequest = Math.min(settings.perRequest().toBytes(), total / 4);
    this.waitNanos = settings.maxWait().toNanos();
    this.refused =
        Counter.builder("byo.answers.refused")
            .description("requests refused because the response budget was used up")
            .register(meters);
    Gauge.builder("byo.answers.memory", this, ResponseBudget::bytes)
        .description("memory reserved for responses that are being made or read")
        .baseUnit("bytes")
        .register(meters);
  }

  private static final class Use {
    private int requests;
    private long bytes;
  }

  /** The reservation of one request, until it is closed. Used by one thread. */
  final class Share implements AutoCloseable {
    private final String caller;
    private final @Nullable String group;
    private long held;

    private Share(String caller, @Nullable String group) {
      this.caller = caller;
      this.group = group;
    }

    private void take(long bytes) {
      await(() -> fits(caller, bytes), Integer.MAX_VALUE, () -> change(caller, bytes));
      held += bytes;
    }

    private void giveBack(long bytes) {
      lock.lock();
      try {
        change(caller, -bytes);
        freed.signalAll();
      } finally {
        lock.unlock();
      }
      held -= bytes;
    }

    @Override
    public void close() {
      leave(this);
    }
  }

  /** The most memory for one page of a list, in bytes. */
  public long perRequest() {
    return perRequest;
  }

  /**
   * Reserves memory for the request of this thread, until its response is written.
   *
   * @throws ResponsesBusy if there is not enough
   */
  public void take(long bytes) {
    Share share = current();
    if (share != null) {
      share.take(Math.min(bytes, total));
    }
  }

  /**
   * Reserves memory while something runs.
   *
   * @throws ResponsesBusy if there is not enough
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
   * Begins a response to an authenticated caller.
   *
   * @throws ResponsesBusy if too many are under way
   */
  Share enter(String caller) {
    return enter(new Share(caller, null));
  }

  /**
   * Begins a response to an anonymous caller. All of those together have no more than one
   * authenticated caller, and each address a quarter of that.
   *
   * @throws ResponsesBusy if too many are under way
   */
  Share enterUnknown(String address) {
    return enter(new Share("address " + address, UNKNOWN));
  }

  private Share enter(Share share) {
    // Few may wait at a time: each holds a thread, and anonymous callers must not crowd out others.
    int mostWaiting = share.group == null ? concurrent / 4 : concurrent / 16;
    await(() -> mayEnter(share), mostWaiting, () -> count(share, 1));
    return share;
  }

  private boolean mayEnter(Share share) {
    int most = Math.max(1, concurrent / 2);
    return all.requests < concurrent
        && (share.group == null
            ? of(share.caller).requests < most
            : of(share.group).requests < most && of(share.caller).requests < Math.max(1, most / 4));
  }

  private void leave(Share share) {
    lock.lock();
    try {
      change(share.caller, -share.held);
      count(share, -1);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void count(Share share, int requests) {
    all.requests += requests;
    of(share.caller).requests += requests;
    if (share.group != null) {
      of(share.group).requests += requests;
    }
    byCaller.values().removeIf(use -> use.requests == 0 && use.bytes == 0);
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
          throw new ResponsesBusy();
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
      throw new ResponsesBusy();
    } finally {
      lock.unlock();
    }
  }

  private void change(String caller, long bytes) {
    all.bytes += bytes;
    of(caller).bytes += bytes;
  }

  private double bytes() {
    lock.lock();
    try {
      return all.bytes;
    } finally {
      lock.unlock();
    }
  }

  // None outside of a request.
  private static @Nullable Share current() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request == null
        ? null
        : (Share) request.getAttribute(SHARE, RequestAttributes.SCOPE_REQUEST);
  }
}
