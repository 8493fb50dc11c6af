package org.byoemail.outbound.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConfigurationBuilder;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.limit.SendingLimit.Unit;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.platform.cluster.SendingNodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Counts what accounts send against their limits, over all nodes, in Redis. While Redis is
 * unavailable this node uses its share of each limit, less what was sent according to the attempts;
 * afterwards the counters are rebuilt from the attempts, as they are if Redis has lost them. An
 * exhausted limit is refilled at the end of its period, not gradually. Safe for use by many threads
 * and nodes.
 */
@Component
public class SendingQuotas {
  private static final Logger log = LoggerFactory.getLogger(SendingQuotas.class);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

  private final SharedBuckets shared;
  private final IntUnaryOperator share;
  private final Clock clock;
  private final Map<String, Bucket> own = new ConcurrentHashMap<>();
  private final Set<String> outdated = ConcurrentHashMap.newKeySet();
  private volatile Instant askAgainAt = Instant.MIN;

  @Autowired
  SendingQuotas(SharedBuckets shared, SendingNodes nodes, Clock clock) {
    this(shared, nodes::share, clock);
  }

  /**
   * @param share this node's part of a whole
   */
  SendingQuotas(SharedBuckets shared, IntUnaryOperator share, Clock clock) {
    this.shared = shared;
    this.share = share;
    this.clock = clock;
  }

  /**
   * Consumes what one mail uses; consumes nothing if any limit is reached.
   *
   * @param recipients of the mail
   * @param past what was sent, read only if Redis has no counter
   * @return how long to wait before the next attempt; empty if the mail may be sent now
   */
  public Optional<Duration> take(
      AccountId account, SendingLimits limits, int recipients, UsageHistory past) {
    Map<Unit, Long> taken = new EnumMap<>(Unit.class);
    for (Unit unit : Unit.values()) {
      SendingLimits counted = limits.of(unit);
      if (counted.isEmpty()) {
        continue;
      }
      long amount = unit == Unit.MESSAGES ? 1 : recipients;
      Duration wait = take(account, unit, counted, amount, past);
      if (!wait.isZero()) {
        taken.forEach((other, back) -> giveBack(account, other, limits.of(other), back, past));
        return Optional.of(wait);
      }
      taken.put(unit, amount);
    }
    return Optional.empty();
  }

  /**
   * What {@link #take} would answer now; consumes nothing.
   *
   * @return the longest wait for one of the limits; zero if the mail could be sent now
   */
  public Duration peek(AccountId account, SendingLimits limits, int recipients, UsageHistory past) {
    Duration longest = Duration.ZERO;
    for (Unit unit : Unit.values()) {
      SendingLimits counted = limits.of(unit);
      if (!counted.isEmpty()) {
        long amount = unit == Unit.MESSAGES ? 1 : recipients;
        Duration wait = peek(account, unit, counted, amount, past);
        longest = wait.compareTo(longest) > 0 ? wait : longest;
      }
    }
    return longest;
  }

  private Duration peek(
      AccountId account, Unit unit, SendingLimits limits, long amount, UsageHistory past) {
    String key = key(account, unit, limits);
    if (isShared() && !outdated.contains(key)) {
      try {
        long some = Math.min(amount, limits.smallest());
        return wait(shared.peek(key, some, () -> start(limits, limits, past)));
      } catch (RuntimeException e) {
        away(e);
      }
    }
    SendingLimits part = limits.share(share);
    Bucket known = own.get(key);
    Bucket bucket = known == null ? local(start(part, limits, past)) : known;
    return wait(bucket.estimateAbilityToConsume(Math.min(amount, part.smallest())));
  }

  private static Duration wait(EstimationProbe probe) {
    return probe.canBeConsumed()
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill()));
  }

  /** Whether the counters are in Redis; else this node uses its share. */
  public boolean isShared() {
    return !clock.instant().isBefore(askAgainAt);
  }

  private Duration take(
      AccountId account, Unit unit, SendingLimits limits, long amount, UsageHistory past) {
    String key = key(account, unit, limits);
    if (isShared()) {
      try {
        if (outdated.contains(key)) {
          shared.forget(key);
          outdated.remove(key);
          own.remove(key);
        }
        // A mail with more recipients than the limit would otherwise wait forever.
        long some = Math.min(amount, limits.smallest());
        return wait(shared.take(key, some, () -> start(limits, limits, past)));
      } catch (RuntimeException e) {
        away(e);
      }
    }
    outdated.add(key);
    SendingLimits part = limits.share(share);
    Bucket bucket = own.computeIfAbsent(key, k -> local(start(part, limits, past)));
    return wait(bucket.tryConsumeAndReturnRemaining(Math.min(amount, part.smallest())));
  }

  private void giveBack(
      AccountId account, Unit unit, SendingLimits limits, long amount, UsageHistory past) {
    String key = key(account, unit, limits);
    Bucket mine = own.get(key);
    if (mine != null) {
      mine.addTokens(amount);
      return;
    }
    try {
      shared.giveBack(key, amount, () -> start(limits, limits, past));
    } catch (RuntimeException e) {
      away(e);
    }
  }

  private void away(RuntimeException e) {
    if (askAgainAt.equals(Instant.MIN) || clock.instant().isAfter(askAgainAt.plus(ASK_AGAIN))) {
      log.warn(
          "Redis unavailable: this node uses its share of the sending limits: {}", e.toString());
    }
    askAgainAt = clock.instant().plus(ASK_AGAIN);
  }

  /** A bucket that holds what is left of the limits, as far as it may be taken from here. */
  private static BucketConfiguration start(
      SendingLimits given, SendingLimits whole, UsageHistory past) {
    ConfigurationBuilder configuration = BucketConfiguration.builder();
    given
        .amounts()
        .forEach(
            (limit, amount) -> {
              long all = whole.amounts().get(limit);
              long left = Math.max(0, all - past.of(limit));
              configuration.addLimit(
                  bandwidth ->
                      bandwidth
                          .capacity(amount)
                          .refillIntervally(amount, limit.window())
                          .initialTokens(Math.min(amount, left * amount / all)));
            });
    return configuration.build();
  }

  private Bucket local(BucketConfiguration start) {
    var bucket = Bucket.builder().withCustomTimePrecision(new BucketClock(clock));
    for (var bandwidth : start.getBandwidths()) {
      bucket.addLimit(bandwidth);
    }
    return bucket.build();
  }

  private static Duration wait(ConsumptionProbe probe) {
    return probe.isConsumed()
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill()));
  }

  // Other limits are other counters: they start from what was sent.
  private static String key(AccountId account, Unit unit, SendingLimits limits) {
    StringBuilder key = new StringBuilder(account.toString()).append(':').append(unit.name());
    limits
        .amounts()
        .forEach(
            (limit, amount) -> key.append(':').append(limit.ordinal()).append('=').append(amount));
    return key.toString();
  }
}
