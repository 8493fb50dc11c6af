package org.byoemail.platform.event.camel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.byoemail.platform.event.EventOutbox;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The pace of {@code event-publish}: a tick publishes only if events wait, and after a failure of
 * the broker or the database only after a backoff.
 */
@Component("eventTicks")
public class EventTicks implements ExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(EventTicks.class);
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private final EventOutbox outbox;
  private final Clock clock;
  private int failures;
  private Instant pausedUntil = Instant.MIN;

  EventTicks(EventOutbox outbox, Clock clock) {
    this.outbox = outbox;
    this.clock = clock;
  }

  /** Whether events wait and no backoff is under way. */
  public boolean isDue() {
    return !isPaused() && outbox.isDue();
  }

  private synchronized boolean isPaused() {
    return clock.instant().isBefore(pausedUntil);
  }

  /** The waiting events have been published. */
  public synchronized void succeeded() {
    if (failures > 0) {
      log.info("events are published again");
    }
    failures = 0;
  }

  @Override
  public void handleException(Throwable cause) {
    handleException("", null, cause);
  }

  @Override
  public void handleException(String message, Throwable cause) {
    handleException(message, null, cause);
  }

  @Override
  public synchronized void handleException(
      String message, @Nullable Exchange exchange, Throwable cause) {
    failures++;
    Duration delay = BACKOFF.delay(failures);
    pausedUntil = clock.instant().plus(delay);
    log.warn("events cannot be published, next try in {} s: {}", delay.toSeconds(), root(cause));
  }

  private static String root(Throwable cause) {
    Throwable root = cause;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root.toString().lines().findFirst().orElse("");
  }
}
