package org.byoemail.platform.access;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.byoemail.platform.bucket.BucketClock;
import org.byoemail.platform.bucket.RedisAvailability;
import org.byoemail.platform.bucket.SharedBuckets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Limits the requests of each API key, over all nodes, by a bucket in Redis that is refilled
 * gradually. While Redis is unavailable, each node counts by itself, so that a key may make its
 * number of requests at each node; Redis is tried again by one request every few seconds. Users and
 * the admin key of the settings have no limit. Thread-safe.
 */
@Component
public class RequestRates {
  /** The highest limit of a key, in requests a minute. */
  public static final int MAX_PER_MINUTE = 1_000_000;

  /** How long a limit's amount lasts. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(RequestRates.class);
  private static final int MAX_OWN = 10_000;

  private final SharedBuckets shared;
  private final RequestSettings settings;
  private final Clock clock;
  private final Counter refused;
  private final RedisAvailability redis;
  private final Map<String, Bucket> own =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_OWN;
        }
      };

  RequestRates(SharedBuckets shared, RequestSettings settings, Clock clock, MeterRegistry meters) {
    this.shared = shared;
    this.settings = settings;
    this.clock = clock;
    this.redis = new RedisAvailability(clock);
    this.refused =
        Counter.builder("byo.api.requests.limited")
            .description("Requests refused because their key had made too many")
            .register(meters);
  }

  /**
   * What is left of a key's limit.
   *
   * @param perMinute the limit
   * @param left how many requests may follow at once
   * @param untilFull until the whole limit is available again
   * @param delay zero: the request is admitted; otherwise until the next one is
   */
  record Rate(int perMinute, long left, Duration untilFull, Duration delay) {
    boolean isAdmitted() {
      return delay.isZero();
    }
  }

  /** The limit of keys that were created without one, in requests a minute; 0: none. */
  public int usual() {
    return settings.perMinute();
  }

  /** The limit of a caller, in requests a minute; empty: none. */
  public OptionalInt perMinute(Caller caller) {
    if (caller.key() == null) {
      return OptionalInt.empty();
    }
    int limit =
        caller.requestsPerMinute() == null ? settings.perMinute() : caller.requestsPerMinute();
    return limit == 0 ? OptionalInt.empty() : OptionalInt.of(limit);
  }

  /** Counts a request; empty if the caller has no limit. */
  Optional<Rate> take(Caller caller) {
    OptionalInt limit = perMinute(caller);
    UUID key = caller.key();
    if (key == null || limit.isEmpty()) {
      return Optional.empty();
    }
    int perMinute = limit.getAsInt();
    ConsumptionProbe probe = probe("api:" + key + ":" + perMinute, perMinute);
    Rate rate =
        new Rate(
            perMinute,
            probe.getRemainingTokens(),
            Duration.ofNanos(probe.getNanosToWaitForReset()),
            probe.isConsumed()
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill())));
    if (!rate.isAdmitted()) {
      refused.increment();
    }
    return Optional.of(rate);
  }

  private ConsumptionProbe probe(String key, int perMinute) {
    if (redis.mayAsk()) {
      try {
        ConsumptionProbe probe = shared.take(key, 1, () -> configuration(perMinute));
        if (redis.answered()) {
          log.info("Redis is available again: requests of API keys are counted over all nodes");
          forgetOwn();
        }
        return probe;
      } catch (RuntimeException e) {
        if (redis.failed()) {
          log.warn("Redis unavailable: each node counts requests of API keys by itself", e);
        }
      }
    }
    return own(key, perMinute).tryConsumeAndReturnRemaining(1);
  }

  /** Whether requests are counted over all nodes; else by each node. */
  boolean isShared() {
    return redis.isAvailable();
  }

  private Bucket own(String key, int perMinute) {
    synchronized (own) {
      return own.computeIfAbsent(
          key,
          k ->
              Bucket.builder()
                  .withCustomTimePrecision(new BucketClock(clock))
                  .addLimit(bandwidth(perMinute))
                  .build());
    }
  }

  private void forgetOwn() {
    synchronized (own) {
      own.clear();
    }
  }

  private static BucketConfiguration configuration(int perMinute) {
    return BucketConfiguration.builder().addLimit(bandwidth(perMinute)).build();
  }

  private static Bandwidth bandwidth(int perMinute) {
    return Bandwidth.builder().capacity(perMinute).refillGreedy(perMinute, WINDOW).build();
  }
}
