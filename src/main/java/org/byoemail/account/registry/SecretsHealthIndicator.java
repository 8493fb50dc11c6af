package org.byoemail.account.registry;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/** How many secrets are sealed with the present key; degraded while some cannot be opened. */
@Component("secretsHealthIndicator")
class SecretsHealthIndicator implements HealthIndicator {
  private static final Status DEGRADED =
      new Status("DEGRADED", "no key of this node opens some of the secrets");

  private final Resealing resealing;

  SecretsHealthIndicator(Resealing resealing) {
    this.resealing = resealing;
  }

  @Override
  public Health health() {
    return resealing
        .progress()
        .map(
            now ->
                Health.status(now.unopenable() > 0 ? DEGRADED : Status.UP)
                    .withDetail("progress", now.words())
                    .withDetail("olderKeysMayGo", now.isComplete())
                    .withDetail("unopenable", now.unopenable()))
        .orElseGet(() -> Health.up().withDetail("progress", "not counted yet"))
        .build();
  }
}
