package org.byoemail.platform.access;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.byoemail.platform.bucket.RedisAvailability;
import org.byoemail.platform.bucket.SharedBuckets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts failed logins over all nodes, by a bucket in Redis for each client. While Redis is
 * unavailable it counts nothing, and {@link FailedLogins} counts for its node alone. Thread-safe.
 */
@Component
class SharedFailures {
  private static final Logger log = LoggerFactory.getLogger(SharedFailures.class);

  private final SharedBuckets buckets;
  private final AccessSettings settings;
  private final RedisAvailability redis;

  SharedFailures(SharedBuckets buckets, AccessSettings settings, Clock clock) {
    this.buckets = buckets;
    this.settings = settings;
    this.redis = new RedisAvailability(clock);
  }

  /** Counts a failure. */
  void count(String door, String client) {
    ask(() -> buckets.take(key(door, client), 1, this::configuration));
  }

  /** Whether there were too many on all nodes together; false while Redis is unavailable. */
  boolean areTooMany(String door, String client) {
    return ask(() -> buckets.peek(key(door, client), 1, this::configuration))
        .filter(probe -> !probe.canBeConsumed())
        .isPresent();
  }

  private <T> Optional<T> ask(Supplier<T> question) {
    if (!redis.mayAsk()) {
      return Optional.empty();
    }
    try {
      Optional<T> answer = Optional.of(question.get());
      if (redis.answered()) {
        log.info("Redis is available again: failed logins are counted over all nodes");
      }
      return answer;
    } catch (RuntimeException e) {
      if (redis.failed()) {
        log.warn("Redis unavailable: each node counts failed logins by itself", e);
      }
      return Optional.empty();
    }
  }

  private static String key(String door, String client) {
    return "failed:" + door + ":" + client;
  }

  private BucketConfiguration configuration() {
    int most = settings.failedLogins();
    return BucketConfiguration.builder()
        .addLimit(
            Bandwidth.builder()
                .capacity(most)
                .refillIntervally(most, settings.failedLoginsWindow())
                .build())
        .build();
  }
}
