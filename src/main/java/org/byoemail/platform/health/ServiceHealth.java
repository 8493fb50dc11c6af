package org.byoemail.platform.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;

/**
 * The health of a service that the gateway needs, which is known at once even while the service
 * hangs. Also the gauge {@code byo.service.up}.
 */
final class ServiceHealth implements HealthIndicator {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final CachedQuery<Health> health;

  /**
   * @param service the tag of the gauge
   * @param away the status while the service does not answer
   */
  ServiceHealth(
      String service, Supplier<Health> check, Status away, Clock clock, MeterRegistry meters) {
    this.health =
        new CachedQuery<>(
            check,
            Health.status(away).withDetail("error", "no answer in time").build(),
            FRESH,
            clock);
    Gauge.builder("byo.service.up", this, ServiceHealth::up)
        .tag("service", service)
        .description("1 if this node reaches the service")
        .register(meters);
  }

  @Override
  public Health health() {
    return health.get();
  }

  private double up() {
    return health.get().getStatus().equals(Status.UP) ? 1 : 0;
  }
}
