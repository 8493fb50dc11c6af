package org.byoemail.platform.restore;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/** Degraded while nothing is sent because the database was restored from a backup. */
@Component("restoreHealthIndicator")
class RestoreHealthIndicator implements HealthIndicator {
  private static final Status DEGRADED =
      new Status("DEGRADED", "the database was restored: nothing is sent until it is reconciled");

  private final RestoreDetection restore;

  RestoreHealthIndicator(RestoreDetection restore) {
    this.restore = restore;
  }

  @Override
  public Health health() {
    return restore
        .restored()
        .map(
            state ->
                Health.status(DEGRADED)
                    .withDetail("foundAt", state.foundAt())
                    .withDetail("backupAt", state.backupAt())
                    .withDetail("reason", state.reason())
                    .withDetail("reconciling", state.reconcilingSince() != null)
                    .build())
        .orElseGet(() -> Health.up().build());
  }
}
