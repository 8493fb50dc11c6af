package org.byoemail.platform.lease;

import java.util.Optional;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/**
 * How the mailboxes are shared. Without Redis the state is degraded: watched mailboxes stay
 * watched.
 */
@Component("leasesHealthIndicator")
class LeasesHealthIndicator implements HealthIndicator {
  private static final Status DEGRADED =
      new Status("DEGRADED", "mailboxes stay watched, none is acquired");

  private final Leases leases;

  LeasesHealthIndicator(Leases leases) {
    this.leases = leases;
  }

  @Override
  public Health health() {
    Optional<ClusterMembers> members = leases.members();
    boolean degraded = leases.isRunning() && leases.isRedisDown();
    return Health.status(degraded ? DEGRADED : Status.UP)
        .withDetail("node", leases.node().id())
        .withDetail("takesPart", leases.isRunning())
        .withDetail("held", leases.held())
        .withDetail("nodes", leases.nodeCount())
        .withDetail("settled", members.map(ClusterMembers::settled).orElse(false))
        .build();
  }
}
