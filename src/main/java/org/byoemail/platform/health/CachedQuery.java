package org.byoemail.platform.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last result of a query that monitoring asks for, refreshed in the background when it is read
 * and old. A reader waits half a second at most, however long the queried service takes to fail.
 * Once a query has not returned in time, readers of all queries wait only briefly for a while,
 * since a scrape reads many of them. Safe for use by many threads; one query runs at a time.
 */
public final class CachedQuery<T> {
  private static final Logger log = LoggerFactory.getLogger(CachedQuery.class);
  private static final long MAX_WAIT_NANOS = Duration.ofMillis(500).toNanos();
  private static final long SHORT_WAIT_NANOS = Duration.ofMillis(100).toNanos();

  /** How long readers wait only briefly after a query did not return in time. */
  private static final long SLOW_NANOS = Duration.ofSeconds(5).toNanos();

  private static final AtomicLong SLOW_SINCE = new AtomicLong(System.nanoTime() - SLOW_NANOS);
  private static final Executor THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "monitoring");
            thread.setDaemon(true);
            return thread;
          });

  private final Supplier<T> query;
  private final T unknown;
  private final Duration freshFor;
  private final Clock clock;
  private T value;
  private Instant freshUntil = Instant.MIN;
  private @Nullable CompletableFuture<T> running;
  private long startedNanos;
  private volatile boolean failing;

  /**
   * @param unknown the result while the query fails, or has not come back
   * @param freshFor how long a result is not asked for again
   */
  public CachedQuery(Supplier<T> query, T unknown, Duration freshFor, Clock clock) {
    this.query = query;
    this.unknown = unknown;
    this.freshFor = freshFor;
    this.clock = clock;
    this.value = unknown;
  }

  /** The result of the query. */
  public T get() {
    CompletableFuture<T> refresh;
    long wait;
    long left;
    synchronized (this) {
      if (running == null && clock.instant().isBefore(freshUntil)) {
        return value;
      }
      if (running == null) {
        startedNanos = System.nanoTime();
        running = CompletableFuture.supplyAsync(query, THREADS);
      }
      refresh = running;
      long now = System.nanoTime();
      wait = now - SLOW_SINCE.get() < SLOW_NANOS ? SHORT_WAIT_NANOS : MAX_WAIT_NANOS;
      left = Math.max(0, startedNanos + wait - now);
    }
    try {
      T result = ended(refresh, refresh.get(left, TimeUnit.NANOSECONDS));
      failing = false;
      return result;
    } catch (ExecutionException e) {
      if (!failing) {
        failing = true;
        log.warn("a query of monitoring fails: {}", String.valueOf(e.getCause()));
      }
      return ended(refresh, unknown);
    } catch (TimeoutException e) {
      if (wait == MAX_WAIT_NANOS) {
        SLOW_SINCE.set(System.nanoTime());
      }
      return unknown;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unknown;
    }
  }

  private synchronized T ended(CompletableFuture<T> refresh, T result) {
    if (running == refresh) {
      running = null;
      value = result;
      freshUntil = clock.instant().plus(freshFor);
    }
    return result;
  }
}
