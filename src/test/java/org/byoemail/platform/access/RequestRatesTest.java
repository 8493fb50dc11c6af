package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.RedisNodes;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Two nodes that count requests in one Redis, which goes away and comes back. */
class RequestRatesTest {
  @RegisterExtension final RedisNodes nodes = new RedisNodes();

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private RequestRates first;
  private RequestRates second;

  @BeforeEach
  void start() {
    first = node(nodes.first());
    second = node(nodes.second());
  }

  @Test
  void nodesTogetherAdmitNoMoreThanTheLimit() {
    Caller caller = caller(UUID.randomUUID(), 10);

    int admitted = admitted(first, caller, 7) + admitted(second, caller, 7);
    RequestRates.Rate refused = first.take(caller).orElseThrow();
    clock.advance(Duration.ofSeconds(6));
    RequestRates.Rate later = second.take(caller).orElseThrow();

    assertThat(admitted).isEqualTo(10);
    assertThat(refused.isAdmitted()).isFalse();
    assertThat(refused.delay()).isEqualTo(Duration.ofSeconds(6));
    assertThat(refused.untilFull()).isEqualTo(Duration.ofMinutes(1));
    assertThat(later.isAdmitted()).isTrue();
    assertThat(meters.counter("byo.api.requests.limited").count()).isEqualTo(5);
  }

  @Test
  void keyWithoutALimitOfItsOwnHasTheUsualOne() {
    Caller usual = caller(UUID.randomUUID(), null);
    Caller other = caller(UUID.randomUUID(), null);

    int admitted = admitted(first, usual, 9);

    assertThat(admitted).isEqualTo(5);
    assertThat(admitted(first, other, 1)).isEqualTo(1);
    assertThat(first.take(Caller.adminKey())).isEmpty();
    assertThat(first.take(Caller.user("admin"))).isEmpty();
  }

  @Test
  void withoutRedisEachNodeCountsByItselfAndAfterwardsTogetherAgain() {
    Caller caller = caller(UUID.randomUUID(), 4);
    assertThat(admitted(first, caller, 1)).isEqualTo(1);
    nodes.redis().close();

    int ofFirst = admitted(first, caller, 6);
    int ofSecond = admitted(second, caller, 6);
    nodes.redis().start();
    nodes.redis().empty();
    clock.advance(Duration.ofSeconds(5));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              clock.advance(Duration.ofSeconds(6));
              return first.take(caller(UUID.randomUUID(), 100)).isPresent() && first.isShared();
            });
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              clock.advance(Duration.ofSeconds(6));
              return second.take(caller(UUID.randomUUID(), 100)).isPresent() && second.isShared();
            });

    assertThat(ofFirst).isEqualTo(4);
    assertThat(ofSecond).isEqualTo(4);
    assertThat(admitted(first, caller, 3) + admitted(second, caller, 3)).isEqualTo(4);
  }

  @Test
  void whileRedisIsAwayOneRequestEveryFewSecondsAsksForIt() {
    AtomicInteger asked = new AtomicInteger();
    SharedBuckets away =
        new SharedBuckets(nodes.first(), TimeMeter.SYSTEM_MILLISECONDS, Duration.ofSeconds(5)) {
          @Override
          public ConsumptionProbe take(
              String key, long amount, Supplier<BucketConfiguration> start) {
            asked.incrementAndGet();
            throw new IllegalStateException("away");
          }
        };
    RequestRates node = new RequestRates(away, new RequestSettings(5), clock, meters);
    Caller caller = caller(UUID.randomUUID(), 1_000);

    int admitted = admitted(node, caller, 100);
    clock.advance(Duration.ofSeconds(5));
    admitted += admitted(node, caller, 100);

    assertThat(admitted).isEqualTo(200);
    assertThat(asked).hasValue(2);
  }

  @Test
  void noLimitAtAllIsASetting() {
    RequestRates none =
        new RequestRates(buckets(nodes.first()), new RequestSettings(0), clock, meters);

    assertThat(none.take(caller(UUID.randomUUID(), null))).isEmpty();
    assertThat(none.take(caller(UUID.randomUUID(), 3))).isPresent();
    assertThatThrownBy(() -> new RequestSettings(-1))
        .hasMessageContaining("byo.api.requests.per-minute");
  }

  private static int admitted(RequestRates node, Caller caller, int requests) {
    int admitted = 0;
    for (int i = 0; i < requests; i++) {
      admitted += node.take(caller).orElseThrow().isAdmitted() ? 1 : 0;
    }
    return admitted;
  }

  private static Caller caller(UUID key, @Nullable Integer perMinute) {
    return new Caller(
        "key",
        Role.PRODUCER,
        Permission.of(Role.PRODUCER),
        null,
        Caller.Kind.KEY,
        key,
        null,
        perMinute);
  }

  private RequestRates node(LettuceConnectionFactory connections) {
    return new RequestRates(buckets(connections), new RequestSettings(5), clock, meters);
  }

  private SharedBuckets buckets(LettuceConnectionFactory connections) {
    TimeMeter time =
        new TimeMeter() {
          @Override
          public long currentTimeNanos() {
            return Duration.ofMillis(clock.millis()).toNanos();
          }

          @Override
          public boolean isWallClockBased() {
            return true;
          }
        };
    // Longer than a busy machine makes Redis wait.
    return new SharedBuckets(connections, time, Duration.ofSeconds(5));
  }
}
