package org.byoemail.platform.bucket;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.stereotype.Component;

/**
 * Buckets that all nodes take from, in Redis. The taker computes what is in one, so all go by the
 * same time: Redis' own. Every method throws while Redis is unavailable. Safe for use by many
 * threads.
 */
@Component
public class SharedBuckets {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final LettuceConnectionFactory redis;
  private final TimeMeter time;
  private final Duration patience;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable ProxyManager<byte[]> buckets;

  @Autowired
  SharedBuckets(LettuceConnectionFactory redis, TimeMeter time) {
    this(redis, time, PATIENCE);
  }

  /**
   * @param time the same for all nodes
   * @param patience after which Redis counts as unavailable
   */
  public SharedBuckets(LettuceConnectionFactory redis, TimeMeter time, Duration patience) {
    this.redis = redis;
    this.time = time;
    this.patience = patience;
  }

  /**
   * Takes from a bucket.
   *
   * @param start its content if Redis does not have it
   */
  public ConsumptionProbe take(String key, long amount, Supplier<BucketConfiguration> start) {
    return bucket(key, start).tryConsumeAndReturnRemaining(amount);
  }

  /**
   * Takes from a bucket even if it does not have enough.
   *
   * @return after how many nanoseconds it has made up for it
   */
  public long reserve(String key, long amount, Supplier<BucketConfiguration> start) {
    return bucket(key, start).consumeIgnoringRateLimits(amount);
  }

  /** What a take would answer; takes nothing. */
  public EstimationProbe peek(String key, long amount, Supplier<BucketConfiguration> start) {
    return bucket(key, start).estimateAbilityToConsume(amount);
  }

  /** Returns tokens that were not used. */
  public void giveBack(String key, long amount, Supplier<BucketConfiguration> start) {
    bucket(key, start).addTokens(amount);
  }

  /** Removes a bucket; its next use creates it again. */
  public void forget(String key) {
    manager().removeProxy(bytes(key));
  }

  private BucketProxy bucket(String key, Supplier<BucketConfiguration> start) {
    return manager().builder().build(bytes(key), start);
  }

  // Connects, which fails while Redis is away: so it is made when it is first needed. While one
  // thread connects to a silent Redis, the others do not wait longer than for an answer.
  private ProxyManager<byte[]> manager() {
    ProxyManager<byte[]> made = buckets;
    if (made != null) {
      return made;
    }
    try {
      if (!connecting.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("Redis has not answered yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    try {
      return connect();
    } finally {
      connecting.unlock();
    }
  }

  private ProxyManager<byte[]> connect() {
    ProxyManager<byte[]> made = buckets;
    if (made == null) {
      AbstractRedisClient client = redis.getRequiredNativeClient();
      Bucket4jLettuce.LettuceBasedProxyManagerBuilder<byte[]> builder =
          client instanceof RedisClusterClient cluster
              ? Bucket4jLettuce.casBasedBuilder(cluster)
              : Bucket4jLettuce.casBasedBuilder((RedisClient) client);
      made =
          builder
              .clientClock(time)
              .requestTimeout(patience)
              .expirationAfterWrite(
                  ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
              .build();
      buckets = made;
    }
    return made;
  }

  private static byte[] bytes(String key) {
    return ("byo:limit:" + key).getBytes(StandardCharsets.UTF_8);
  }
}
