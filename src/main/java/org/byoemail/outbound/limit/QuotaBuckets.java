package org.byoemail.outbound.limit;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConfigurationBuilder;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Clock;
import java.time.Duration;
import java.util.SortedMap;
import java.util.function.IntUnaryOperator;
import java.util.function.ToLongFunction;
import org.byoemail.outbound.limit.FallbackBuckets.Counter;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.platform.cluster.SendingNodes;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Counts against quotas over all nodes, in Redis. While Redis is unavailable, this node uses its
 * share of each quota, less the past use; afterwards the counters begin with the past use, as they
 * do if Redis has lost them. Safe for use by many threads and nodes.
 */
@Component
public class QuotaBuckets {
  private final FallbackBuckets buckets;
  private final IntUnaryOperator share;

  @Autowired
  QuotaBuckets(SharedBuckets shared, SendingNodes nodes, Clock clock) {
    this(shared, nodes::share, clock);
  }

  /**
   * @param share this node's part of a whole
   */
  QuotaBuckets(SharedBuckets shared, IntUnaryOperator share, Clock clock) {
    this.buckets = new FallbackBuckets(shared, clock, "quotas");
    this.share = share;
  }

  /**
   * A counter with its limits, all of which count the same.
   *
   * @param subject what is counted, and of whom
   * @param limits the amount of each period
   * @param burst how much at once, the rest spread evenly; null: the whole amount, which is
   *     refilled at the end of its period
   * @param past the use within a period that ends now; read only when a counter begins
   */
  public record Quota(
      String subject,
      SortedMap<Duration, Integer> limits,
      @Nullable Integer burst,
      ToLongFunction<Duration> past) {
    // Other limits are other counters: they begin with the past use.
    private String key() {
      StringBuilder key = new StringBuilder("quota:").append(subject);
      limits.forEach(
          (period, amount) ->
              key.append(':').append(period.toSeconds()).append('=').append(amount));
      return burst == null ? key.toString() : key.append(":b=").append(burst).toString();
    }

    private int capacity(int amount) {
      return burst == null ? amount : Math.min(burst, amount);
    }

    /** The most that can be there at once. */
    private long smallest(IntUnaryOperator part) {
      return limits.values().stream()
          .mapToInt(amount -> Math.max(1, part.applyAsInt(capacity(amount))))
          .min()
          .orElseThrow();
    }

    private BucketConfiguration start(IntUnaryOperator part) {
      ConfigurationBuilder configuration = BucketConfiguration.builder();
      limits.forEach(
          (period, amount) -> {
            int some = Math.max(1, part.applyAsInt(amount));
            int capacity = Math.max(1, part.applyAsInt(capacity(amount)));
            long left = Math.max(0, amount - past.applyAsLong(period));
            long initial = Math.min(capacity, left * some / amount);
            configuration.addLimit(
                bandwidth ->
                    burst == null
                        ? bandwidth
                            .capacity(capacity)
                            .refillIntervally(some, period)
                            .initialTokens(initial)
                        : bandwidth
                            .capacity(capacity)
                            .refillGreedy(some, period)
                            .initialTokens(initial));
          });
      return configuration.build();
    }
  }

  /**
   * Takes from a quota if it has enough. An amount larger than what can be there at once needs all
   * of that; the rest is taken from what the quota gets next.
   *
   * @return zero if the whole amount was taken; otherwise the time until there is enough
   */
  public Duration take(Quota quota, long amount) {
    return FallbackBuckets.waitOf(
        buckets.change(
            counter(quota),
            (shared, key, whole) -> {
              long some = Math.min(amount, quota.smallest(all -> all));
              ConsumptionProbe probe = shared.take(key, some, whole);
              if (probe.isConsumed() && some < amount) {
                shared.reserve(key, amount - some, whole);
              }
              return probe;
            },
            bucket -> {
              long some = Math.min(amount, quota.smallest(share));
              ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(some);
              if (probe.isConsumed() && some < amount) {
                bucket.consumeIgnoringRateLimits(amount - some);
              }
              return probe;
            }));
  }

  /**
   * Takes from a quota in any case: what it lacks is taken from what it gets next.
   *
   * @return the time after which it has made up for it; zero if there was enough
   */
  public Duration reserve(Quota quota, long amount) {
    long debt =
        buckets.change(
            counter(quota),
            (shared, key, whole) -> shared.reserve(key, amount, whole),
            bucket -> bucket.consumeIgnoringRateLimits(amount));
    return Duration.ofNanos(Math.max(0, debt));
  }

  /** What {@link #take} would answer now; takes nothing. */
  public Duration peek(Quota quota, long amount) {
    return FallbackBuckets.estimated(
        buckets.read(
            counter(quota),
            (shared, key, whole) ->
                shared.peek(key, Math.min(amount, quota.smallest(all -> all)), whole),
            bucket -> bucket.estimateAbilityToConsume(Math.min(amount, quota.smallest(share)))));
  }

  /** Returns what was taken and is not used. */
  public void giveBack(Quota quota, long amount) {
    buckets.giveBack(counter(quota), amount);
  }

  private Counter counter(Quota quota) {
    return new Counter(quota.key(), () -> quota.start(all -> all), () -> quota.start(share));
  }
}
