package org.byoemail.outbound.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.byoemail.platform.bucket.BucketClock;
import org.byoemail.platform.bucket.RedisAvailability;
import org.byoemail.platform.bucket.SharedBuckets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buckets in Redis, and buckets of this node while Redis is unavailable. A bucket that was replaced
 * by one of this node starts over afterwards. One thread tries Redis again every few seconds. The
 * number of this node's buckets is bounded: the least recently used are forgotten. Safe for use by
 * many threads and nodes.
 */
final class FallbackBuckets {
  static final int MAX_LOCAL = 100_000;

  private static final Logger log = LoggerFactory.getLogger(FallbackBuckets.class);

  private final SharedBuckets shared;
  private final Clock clock;
  private final String limits;
  private final Map<String, Bucket> local = bounded();
  private final Set<String> outdated = Collections.newSetFromMap(bounded());
  private final RedisAvailability redis;

  /**
   * @param limits what the buckets count against, for the log
   */
  FallbackBuckets(SharedBuckets shared, Clock clock, String limits) {
    this.shared = shared;
    this.clock = clock;
    this.limits = limits;
    this.redis = new RedisAvailability(clock);
  }

  private static <V> Map<String, V> bounded() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MAX_LOCAL;
          }
        });
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

  /** Whether the buckets are in Redis; else this node's own are used. */
  boolean isShared() {
    return redis.isAvailable();
  }

  /** Changes a bucket: in Redis if it is available, else the one of this node. */
  <T> T change(Counter counter, InRedis<T> inRedis, Function<Bucket, T> onThisNode) {
    String key = counter.name();
    if (redis.mayAsk()) {
      try {
        if (outdated.contains(key)) {
          shared.forget(key);
          outdated.remove(key);
          local.remove(key);
        }
        T result = inRedis.run(shared, key, counter.whole());
        available();
        return result;
      } catch (RuntimeException e) {
        unavailable(e);
      }
    }
    outdated.add(key);
    return onThisNode.apply(local(counter));
  }

  private Bucket local(Counter counter) {
    Bucket known = local.get(counter.name());
    if (known != null) {
      return known;
    }
    // Outside the map's lock, since the initial state may be read from the database.
    Bucket made = bucket(counter.part().get());
    Bucket other = local.putIfAbsent(counter.name(), made);
    return other == null ? made : other;
  }

  /** Reads a bucket, without creating one on this node. */
  <T> T read(Counter counter, InRedis<T> inRedis, Function<Bucket, T> onThisNode) {
    String key = counter.name();
    if (!outdated.contains(key) && redis.mayAsk()) {
      try {
        T result = inRedis.run(shared, key, counter.whole());
        available();
        return result;
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

  private void available() {
    if (redis.answered()) {
      log.info("Redis is available again: the {} are counted over all nodes", limits);
    }
  }

  private void unavailable(RuntimeException e) {
    if (redis.failed()) {
      log.warn("Redis unavailable: this node uses its share of the {}: {}", limits, e.toString());
    }
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
