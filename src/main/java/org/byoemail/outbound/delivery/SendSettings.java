package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How mail leaves.
 *
 * @param workers how many mails this node sends at a time by servers that are known to be quick; by
 *     all others together, twice as many
 * @param slowAfter after which an attempt takes long: its server is quick no more
 * @param memory how much heap the bodies of large mails that are sent at a time may take; 0: a
 *     quarter of it
 * @param claimInterval the longest time between two looks for due mail
 * @param claimTtl how long a claim lasts that is not renewed: after it, another node takes over
 * @param simulated whether mail that no account may send is pretended to be sent
 * @param unknownDelay after which a mail of unknown fate is sent once more
 * @param unknownRetry whether it is; otherwise it is held for a person at once
 * @param retryFor how long a deferred mail is tried
 * @param ownTroubleDelay before the next attempt after trouble of this gateway
 */
@ConfigurationProperties("byo.outbound")
record SendSettings(
    @DefaultValue("64") int workers,
    @DefaultValue("5s") Duration slowAfter,
    @DefaultValue("0B") DataSize memory,
    @DefaultValue("200ms") Duration claimInterval,
    @DefaultValue("60s") Duration claimTtl,
    @DefaultValue("false") boolean simulated,
    @DefaultValue("15m") Duration unknownDelay,
    @DefaultValue("true") boolean unknownRetry,
    @DefaultValue("24h") Duration retryFor,
    @DefaultValue("30s") Duration ownTroubleDelay) {
  SendSettings {
    if (workers < 1) {
      throw new IllegalArgumentException("byo.outbound.workers must be at least 1");
    }
    if (slowAfter.toMillis() < 1) {
      throw new IllegalArgumentException("byo.outbound.slow-after must be at least 1ms");
    }
    if (memory.isNegative()) {
      throw new IllegalArgumentException("byo.outbound.memory must not be negative");
    }
    if (claimInterval.toMillis() < 1) {
      throw new IllegalArgumentException("byo.outbound.claim-interval must be at least 1ms");
    }
    if (claimTtl.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("byo.outbound.claim-ttl must be at least 1s");
    }
    for (Duration duration : List.of(unknownDelay, retryFor, ownTroubleDelay)) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("byo.outbound: a duration must not be negative");
      }
    }
  }

  /** The heap that large bodies may take, in bytes. */
  long heap() {
    return memory.toBytes() > 0 ? memory.toBytes() : Runtime.getRuntime().maxMemory() / 4;
  }
}
