package org.byoemail.platform.event.camel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses the ticks of a timer after failures of the broker or the database, longer each time. Logs
 * a line when failures begin and one when they end. Thread-safe.
 */
abstract class TickBackoff implements ExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(TickBackoff.class);
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private final String work;
  private final Clock clock;
  private int failures;
  private Instant pausedUntil = Instant.MIN;

  /**
   * @param work what the ticks do to events, such as "published"
   */
  TickBackoff(String work, Clock clock) {
    this.work = work;
    this.clock = clock;
  }

  /**
   * Whether to work at this tick.
   *
   * @param due whether there is work, with a limited rate of queries
   * @param waiting whether there is work, queried at once
   */
  final boolean hasWork(BooleanSupplier due, BooleanSupplier waiting) {
    if (isPaused()) {
      return false;
    }
    if (!isFailing()) {
      return due.getAsBoolean();
    }
    boolean left = waiting.getAsBoolean();
    if (!left) {
      // Another node did it.
      succeeded();
    }
    return left;
  }

  private synchronized boolean isPaused() {
    return clock.instant().isBefore(pausedUntil);
  }

  private synchronized boolean isFailing() {
    return failures > 0;
  }

  /** Records that the work of a tick was done. */
  public final synchronized void succeeded() {
    if (failures > 0) {
      log.info("events are {} again", work);
    }
    failures = 0;
  }

  @Override
  public final void handleException(Throwable cause) {
    handleException("", null, cause);
  }

  @Override
  public final void handleException(String message, Throwable cause) {
    handleException(message, null, cause);
  }

  @Override
  public final synchronized void handleException(
      String message, @Nullable Exchange exchange, Throwable cause) {
    failures++;
    Duration delay = BACKOFF.delay(failures);
    pausedUntil = clock.instant().plus(delay);
    if (failures == 1) {
      log.warn("events cannot be {}, will retry: {}", work, root(cause));
    } else {
      log.debug(
          "events still cannot be {}, next attempt in {} s: {}",
          work,
          delay.toSeconds(),
          root(cause));
    }
  }

  private static String root(Throwable cause) {
    Throwable root = cause;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root.toString().lines().findFirst().orElse("");
  }
}
