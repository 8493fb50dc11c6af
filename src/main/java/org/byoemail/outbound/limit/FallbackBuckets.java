package org.byoemail.outbound.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.byoemail.platform.bucket.SharedBuckets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buckets in Redis, and buckets of this node while Redis is unavailable. A bucket that was replaced
 * by one of this node starts over afterwards. Safe for use by many threads and nodes.
 */
final class FallbackBuckets {
  private static final Logger log = LoggerFactory.getLogger(FallbackBuckets.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final SharedBuckets shared;
  private final Clock clock;
  private final String limits;
  private final Map<String, Bucket> local = new ConcurrentHashMap<>();
  private final Set<String> outdated = ConcurrentHashMap.newKeySet();
  private volatile Instant retryAt = Instant.MIN;

  /**
   * @param limits what the buckets count against, for the log
   */
  FallbackBuckets(SharedBuckets shared, Clock clock, String limits) {
    this.shared = shared;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * A bucket.
   *
   * @param whole its initial state in Redis
   * @param part its initial state on this node
   */
  record Counter(
      String name, Supplier<BucketConfiguration> whole, Supplier<BucketConfiguration> part) {}

  /** An operation on a bucket in Redis. */
  interface InRedis<T> {
    T run(SharedBuckets shared, String key, Supplier<BucketConfiguration> whole);
  }

  /** Whether the buckets are in Redis; else those of this node are used. */
  boolean isShared() {
    return !clock.instant().isBefore(retryAt);
  }

  /** Changes a bucket: in Redis if it is available, else the one of this node. */
  <T> T change(Counter counter, InRedis<T> inRedis, Function<Bucket, T> onThisNode) {
    String key = counter.name();
    if (isShared()) {
      try {
        if (outdated.contains(key)) {
          shared.forget(key);
          outdated.remove(key);
          local.remove(key);
        }
        return inRedis.run(shared, key, counter.whole());
      } catch (RuntimeException e) {
        unavailable(e);
      }
    }
    outdated.add(key);
    return onThisNode.apply(local.computeIfAbsent(key, any -> bucket(counter.part().get())));
  }

  /** Reads a bucket, without creating one on this node. */
  <T> T read(Counter counter, InRedis<T> inRedis, Function<Bucket, T> onThisNode) {
    String key = counter.name();
    if (isShared() && !outdated.contains(key)) {
      try {
        return inRedis.run(shared, key, counter.whole());
      } catch (RuntimeException e) {
        unavailable(e);
      }
    }
    Bucket known = local.get(key);
    return onThisNode.apply(known == null ? bucket(counter.part().get()) : known);
  }

  /** Returns tokens to the bucket that they were taken from. */
  void giveBack(Counter counter, long amount) {
    Bucket mine = local.get(counter.name());
    if (mine != null) {
      mine.addTokens(amount);
      return;
    }
    try {
      shared.giveBack(counter.name(), amount, counter.whole());
    } catch (RuntimeException e) {
      outdated.add(counter.name());
      unavailable(e);
    }
  }

  private void unavailable(RuntimeException e) {
    if (retryAt.equals(Instant.MIN) || clock.instant().isAfter(retryAt.plus(RETRY_AFTER))) {
      log.warn("Redis unavailable: this node uses its share of the {}: {}", limits, e.toString());
    }
    retryAt = clock.instant().plus(RETRY_AFTER);
  }

  private Bucket bucket(BucketConfiguration configuration) {
    var bucket = Bucket.builder().withCustomTimePrecision(new BucketClock(clock));
    for (var bandwidth : configuration.getBandwidths()) {
      bucket.addLimit(bandwidth);
    }
    return bucket.build();
  }

  /** The time until there are enough tokens; zero if they were taken. */
  static Duration waitOf(ConsumptionProbe probe) {
    return duration(probe.isConsumed(), probe.getNanosToWaitForRefill());
  }

  /** The time until there are enough tokens; zero if there are. */
  static Duration estimated(EstimationProbe probe) {
    return duration(probe.canBeConsumed(), probe.getNanosToWaitForRefill());
  }

  private static Duration duration(boolean enough, long nanos) {
    return enough ? Duration.ZERO : Duration.ofNanos(Math.max(1, nanos));
  }
}
