package org.byoemail.outbound.limit;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConfigurationBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.limit.FallbackBuckets.Counter;
import org.byoemail.outbound.limit.SendingLimit.Unit;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.platform.cluster.SendingNodes;
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
  private final FallbackBuckets buckets;
  private final IntUnaryOperator share;

  @Autowired
  SendingQuotas(SharedBuckets shared, SendingNodes nodes, Clock clock) {
    this(shared, nodes::share, clock);
  }

  /**
   * @param share this node's part of a whole
   */
  SendingQuotas(SharedBuckets shared, IntUnaryOperator share, Clock clock) {
    this.buckets = new FallbackBuckets(shared, clock, "sending limits");
    this.share = share;
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
        taken.forEach(
            (other, back) ->
                buckets.giveBack(counter(account, other, limits.of(other), past), back));
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
    return FallbackBuckets.estimated(
        buckets.read(
            counter(account, unit, limits, past),
            (shared, key, whole) -> shared.peek(key, Math.min(amount, limits.smallest()), whole),
            bucket ->
                bucket.estimateAbilityToConsume(Math.min(amount, limits.share(share).smallest()))));
  }

  /** Whether the counters are in Redis; else this node uses its share. */
  public boolean isShared() {
    return buckets.isShared();
  }

  // A mail with more recipients than the limit would otherwise wait forever.
  private Duration take(
      AccountId account, Unit unit, SendingLimits limits, long amount, UsageHistory past) {
    return FallbackBuckets.waitOf(
        buckets.change(
            counter(account, unit, limits, past),
            (shared, key, whole) -> shared.take(key, Math.min(amount, limits.smallest()), whole),
            bucket ->
                bucket.tryConsumeAndReturnRemaining(
                    Math.min(amount, limits.share(share).smallest()))));
  }

  private Counter counter(AccountId account, Unit unit, SendingLimits limits, UsageHistory past) {
    return new Counter(
        key(account, unit, limits),
        () -> start(limits, limits, past),
        () -> start(limits.share(share), limits, past));
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
