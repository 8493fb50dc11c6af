package org.byoemail.platform.event.camel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.apache.camel.support.service.ServiceSupport;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a scheduler poll when there is work, and pause after failures of the broker or the database,
 * longer each time. Logs a line when failures begin and one when they end. Thread-safe.
 */
abstract class TickBackoff extends DefaultPollingConsumerPollStrategy implements ExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(TickBackoff.class);
  private static final Duration MAX_WAIT = Duration.ofMillis(250);
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private final String work;
  private final Clock clock;
  private int failures;
  private @Nullable Instant pausedUntil;

  /**
   * @param work what is done to events, such as "published"
   */
  TickBackoff(String work, Clock clock) {
    this.work = work;
    this.clock = clock;
  }

  /** Whether there is work and no backoff is under way. */
  public abstract boolean isDue();

  /** Waits until there may be work, but not longer than that. */
  abstract void await(Duration longest) throws InterruptedException;

  @Override
  public final boolean begin(Consumer consumer, Endpoint endpoint) {
    try {
      while (mayRun(consumer)) {
        if (isDue()) {
          return true;
        }
        long pause = pauseMillis();
        if (pause > 0) {
          Thread.sleep(Math.min(pause, MAX_WAIT.toMillis()));
        } else {
          await(MAX_WAIT);
        }
      }
    } catch (InterruptedException e) {
      // The route stops.
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static boolean mayRun(Consumer consumer) {
    return !(consumer instanceof ServiceSupport service)
        || (service.isRunAllowed() && !service.isSuspendingOrSuspended());
  }

  @Override
  public final boolean rollback(
      Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
    handleException(cause);
    return false;
  }

  /**
   * Whether to work now.
   *
   * @param due whether there is work, with a limited rate of queries
   * @param waiting whether there is work, queried at once
   */
  final boolean hasWork(BooleanSupplier due, BooleanSupplier waiting) {
    if (pauseMillis() > 0) {
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

  private synchronized long pauseMillis() {
    return pausedUntil == null ? 0 : clock.instant().until(pausedUntil, ChronoUnit.MILLIS);
  }

  private synchronized boolean isFailing() {
    return failures > 0;
  }

  /** Records that work was done. */
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
