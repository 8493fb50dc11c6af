package org.byoemail.platform.health;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.SmartLifecycle;

/**
 * Looks every few seconds whether the broker answers, and logs a line at each change: its consumers
 * retry in silence. As an indicator it is out of service until the broker has answered once, so
 * that a node that was started with a wrong address or password does not become ready; a broker
 * that goes away later leaves the node ready, which still takes submissions by HTTP.
 */
final class BrokerWatch implements HealthIndicator, SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(BrokerWatch.class);
  private static final long INTERVAL_SECONDS = 5;

  private static final Duration STOP = Duration.ofSeconds(1);

  private final HealthIndicator broker;
  private volatile @Nullable ScheduledExecutorService thread;
  private volatile boolean reached;
  private @Nullable Boolean wasUp;

  BrokerWatch(HealthIndicator broker) {
    this.broker = broker;
  }

  /** Looks once. */
  synchronized void look() {
    Health health = broker.health();
    boolean up = !health.getStatus().equals(Status.DOWN);
    reached |= up;
    if (wasUp != null && wasUp == up) {
      return;
    }
    if (!up) {
      log.warn(
          "the broker does not answer, which is tried again until it does; submissions by HTTP are"
              + " still accepted, events wait: {}",
          health.getDetails().getOrDefault("error", health.getStatus()));
    } else if (wasUp != null) {
      log.info("the broker answers again");
    }
    wasUp = up;
  }

  @Override
  public Health health() {
    return reached
        ? Health.up().build()
        : Health.outOfService().withDetail("error", "the broker has not answered yet").build();
  }

  @Override
  public synchronized void start() {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "byo-broker-watch");
              made.setDaemon(true);
              return made;
            });
    executor.scheduleWithFixedDelay(this::lookSafely, 0, INTERVAL_SECONDS, TimeUnit.SECONDS);
    thread = executor;
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException e) {
      log.warn("the look at the broker failed: {}", e.toString());
    }
  }

  @Override
  public void stop() {
    ScheduledExecutorService ending = thread;
    thread = null;
    if (ending == null) {
      return;
    }
    ending.shutdownNow();
    try {
      ending.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
