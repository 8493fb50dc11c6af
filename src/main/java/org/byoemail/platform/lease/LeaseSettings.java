package org.byoemail.platform.lease;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How nodes share the mailboxes.
 *
 * @param ttl how long a lease outlives its last renewal: a node that died is taken over after this
 * @param transactionTimeout how long a transaction may stand still before the database ends it: a
 *     node that is frozen in the middle of one is not to hold up those that take over from it
 * @param rebalanceBatch how many mailboxes a node that has too many gives away at a time; a
 *     twentieth of what it has too many, where that is more
 */
@ConfigurationProperties("byo.lease")
record LeaseSettings(
    @DefaultValue("30s") Duration ttl,
    @DefaultValue("20s") Duration transactionTimeout,
    @DefaultValue("100") int rebalanceBatch) {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int BEATS = 15;

  LeaseSettings {
    if (ttl.compareTo(SHORTEST) < 0) {
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

  /** How often a node says that it is there. */
  Duration heartbeat() {
    return ttl.dividedBy(BEATS);
  }
}
