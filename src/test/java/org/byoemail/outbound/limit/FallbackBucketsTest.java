package org.byoemail.outbound.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.byoemail.outbound.limit.FallbackBuckets.Counter;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;

/** What a node does while Redis is unavailable. */
class FallbackBucketsTest {
  private static final int CAPACITY = 10;
  private static final Function<Bucket, Boolean> TAKE = bucket -> bucket.tryConsume(1);

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final FallbackBuckets buckets =
      new FallbackBuckets(mock(SharedBuckets.class), clock, "limits");

  @Test
  void oneThreadAtATimeFindsOutWhetherRedisIsBack() {
    AtomicInteger asked = new AtomicInteger();
    take("first", asked);
    clock.advance(Duration.ofSeconds(6));

    // Another thread comes while this one waits for Redis.
    buckets.change(
        counter("second"),
        (shared, key, whole) -> {
          asked.incrementAndGet();
          take("third", asked);
          throw new IllegalStateException("away");
        },
        TAKE);

    assertThat(asked).hasValue(2);
    assertThat(buckets.isShared()).isFalse();
  }

  @Test
  void redisIsUsedAgainOnceItAnswers() {
    take("first", new AtomicInteger());
    clock.advance(Duration.ofSeconds(6));

    boolean inRedis = buckets.change(counter("second"), (shared, key, whole) -> true, any -> false);

    assertThat(inRedis).isTrue();
    assertThat(buckets.isShared()).isTrue();
  }

  @Test
  void leastRecentlyUsedBucketIsForgottenWhenThereAreTooMany() {
    take("first", new AtomicInteger());
    take("second", new AtomicInteger());
    take("first", new AtomicInteger());
    for (int i = 0; i < FallbackBuckets.MAX_LOCAL - 1; i++) {
      take("other " + i, new AtomicInteger());
    }

    assertThat(left("first")).isEqualTo(CAPACITY - 2);
    assertThat(left("second")).isEqualTo(CAPACITY);
  }

  private void take(String name, AtomicInteger asked) {
    buckets.change(
        counter(name),
        (shared, key, whole) -> {
          asked.incrementAndGet();
          throw new IllegalStateException("away");
        },
        TAKE);
  }

  private long left(String name) {
    return buckets.read(
        counter(name),
        (shared, key, whole) -> {
          throw new IllegalStateException("away");
        },
        Bucket::getAvailableTokens);
  }

  private static Counter counter(String name) {
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(
                limit -> limit.capacity(CAPACITY).refillIntervally(CAPACITY, Duration.ofDays(1)))
            .build();
    return new Counter(name, () -> configuration, () -> configuration);
  }
}
