package org.byoemail.outbound.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Recovers the claims that a stopped node left behind, and ends messages that have expired. Every
 * node does it; each delivery is locked meanwhile.
 */
@Component("expiredClaimRecovery")
public class ExpiredClaimRecovery {
  private static final Logger log = LoggerFactory.getLogger(ExpiredClaimRecovery.class);
  private static final int BATCH = 200;
  private static final Duration GRACE = Duration.ofSeconds(45);

  private final Deliveries deliveries;
  private final DeliveryLifecycle lifecycle;
  private final Expiry expiry;
  private final Claims claims;
  private final Clock clock;
  private volatile Instant quietUntil = Instant.MIN;

  ExpiredClaimRecovery(
      Deliveries deliveries,
      DeliveryLifecycle lifecycle,
      Expiry expiry,
      Claims claims,
      Clock clock) {
    this.deliveries = deliveries;
    this.lifecycle = lifecycle;
    this.expiry = expiry;
    this.claims = claims;
    this.clock = clock;
  }

  /** Takes over claims that have expired. */
  public void takeOver() {
    if (clock.instant().isBefore(quietUntil)) {
      return;
    }
    List<Claim> expired;
    try {
      expired = deliveries.expiredClaims(BATCH);
    } catch (DataAccessException e) {
      // While the database was away no node could renew: give them the time to do it.
      quietUntil = clock.instant().plus(GRACE);
      throw e;
    }
    for (Claim claim : expired) {
      // This node records the outcome of its own work, however late.
      if (!claims.isHeld(claim)) {
        try {
          lifecycle.recover(claim);
        } catch (RuntimeException e) {
          log.error("cannot take over message {}; next try soon", claim.message(), e);
        }
      }
    }
  }

  /** Ends messages that have expired. */
  public void expire() {
    expiry.endAll();
  }
}
