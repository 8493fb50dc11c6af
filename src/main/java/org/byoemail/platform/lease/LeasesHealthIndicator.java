package org.byoemail.platform.lease;

import java.util.Optional;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/** How the mailboxes are shared. Redis away is degraded: what is watched goes on being watched. */
@Component("leasesHealthIndicator")
class LeasesHealthIndicator implements HealthIndicator {
  private static final Status DEGRADED =
      new Status("DEGRADED", "mailboxes are watched on, and none is taken");

  private final Leases leases;

  LeasesHealthIndicator(Leases leases) {
    this.leases = leases;
  }

  @Override
  public Health health() {
    Optional<ClusterMembers> members = leases.members();
    boolean degraded = leases.isTakingPart() && leases.isRedisAway();
    return Health.status(degraded ? DEGRADED : Status.UP)
        .withDetail("node", leases.node().id())
        .withDetail("takesPart", leases.isTakingPart())
        .withDetail("held", leases.held())
        .withDetail("nodes", leases.nodeCount())
        .withDetail("settled", members.map(ClusterMembers::settled).orElse(false))
        .build();
  }
}
