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
 * Checks every few seconds whether a service responds, and logs a line at each change. The users of
 * the service retry silently.
 */
final class ServiceWatch implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ServiceWatch.class);
  private static final long INTERVAL_SECONDS = 5;

  private static final Duration STOP = Duration.ofSeconds(1);

  private final String name;
  private final String meanwhile;
  private final HealthIndicator service;
  private volatile @Nullable ScheduledExecutorService thread;
  private volatile boolean reached;
  private @Nullable Boolean wasUp;

  /**
   * @param name of the service, for the log
   * @param meanwhile what the gateway does without it, for the log
   */
  ServiceWatch(String name, String meanwhile, HealthIndicator service) {
    this.name = name;
    this.meanwhile = meanwhile;
    this.service = service;
  }

  /** Whether the service has responded at least once. */
  boolean isReached() {
    return reached;
  }

  /** Checks the service once. */
  synchronized void look() {
    Health health = service.health();
    boolean up = !health.getStatus().equals(Status.DOWN);
    reached |= up;
    if (wasUp != null && wasUp == up) {
      return;
    }
    if (!up) {
      log.warn(
          "{} does not answer, will retry; {}: {}",
          name,
          meanwhile,
          health.getDetails().getOrDefault("error", health.getStatus()));
    } else if (wasUp != null) {
      log.info("{} answers again", name);
    }
    wasUp = up;
  }

  @Override
  public synchronized void start() {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "byo-service-watch");
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
      log.warn("the check of {} failed: {}", name, e.toString());
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
