package org.byoemail.platform.lease;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How nodes share the mailboxes.
 *
 * @param ttl how long a lease outlives its last renewal: the mailboxes of a dead node are taken
 *     over after this
 * @param transactionTimeout how long a transaction may stay idle before the database ends it, so
 *     that a stalled node does not block those that take over from it
 * @param rebalanceBatch how many mailboxes a node with a surplus releases at a time; or a twentieth
 *     of the surplus, if that is more
 */
@ConfigurationProperties("byo.lease")
record LeaseSettings(
    @DefaultValue("30s") Duration ttl,
    @DefaultValue("20s") Duration transactionTimeout,
    @DefaultValue("100") int rebalanceBatch) {
  private static final Duration MIN_TTL = Duration.ofSeconds(1);
  private static final int BEATS_PER_TTL = 15;

  LeaseSettings {
    if (ttl.compareTo(MIN_TTL) < 0) {
      throw new IllegalArgumentException("byo.lease.ttl is at least 1s");
    }
    if (transactionTimeout.compareTo(ttl) >= 0) {
      throw new IllegalArgumentException(
          "byo.lease.transaction-timeout is shorter than byo.lease.ttl");
    }
    if (rebalanceBatch < 1) {
      throw new IllegalArgumentException("byo.lease.rebalance-batch is at least 1");
    }
  }

  /** How often a node sends a heartbeat. */
  Duration heartbeat() {
    return ttl.dividedBy(BEATS_PER_TTL);
  }
}
