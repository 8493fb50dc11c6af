package org.byoemail.platform.bucket;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.stereotype.Component;

/**
 * The time of the Redis server, asked for every 10 s and counted on between by a clock that nobody
 * sets. Throws while Redis is unavailable. Safe for use by many threads.
 */
@Component
public class RedisTime implements TimeMeter {
  private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  private final RedisConnectionFactory redis;
  private volatile @Nullable Reading last;

  /**
   * An answer of Redis.
   *
   * @param at by {@link System#nanoTime}
   */
  private record Reading(long redisNanos, long at) {}

  public RedisTime(RedisConnectionFactory redis) {
    this.redis = redis;
  }

  @Override
  public long currentTimeNanos() {
    Reading reading = last;
    if (reading == null || System.nanoTime() - reading.at() > EVERY_NANOS) {
      reading = read();
      last = reading;
    }
    return reading.redisNanos() + System.nanoTime() - reading.at();
  }

  @Override
  public boolean isWallClockBased() {
    return true;
  }

  private Reading read() {
    try (RedisConnection connection = redis.getConnection()) {
      long asked = System.nanoTime();
      long micros = Objects.requireNonNull(connection.serverCommands().time(TimeUnit.MICROSECONDS));
      // It was read somewhere between question and answer.
      long at = asked + (System.nanoTime() - asked) / 2;
      return new Reading(TimeUnit.MICROSECONDS.toNanos(micros), at);
    }
  }
}
