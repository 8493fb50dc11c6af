package org.byoemail.outbound.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.outbound.limit.QuotaBuckets.Quota;
import org.byoemail.platform.bucket.BucketClock;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.RedisNodes;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Two nodes that count in one Redis, which goes away and comes back. */
class QuotaBucketsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension final RedisNodes nodes = new RedisNodes();

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private QuotaBuckets first;
  private QuotaBuckets second;
  private long past;

  @BeforeEach
  void start() {
    first = node(nodes.first());
    second = node(nodes.second());
  }

  @Test
  void nodesShareAQuotaWhichIsFullAgainAfterItsPeriod() {
    Quota quota = quota(4, null);

    for (int i = 0; i < 2; i++) {
      assertThat(first.take(quota, 1)).isZero();
      assertThat(second.take(quota, 1)).isZero();
    }
    Duration wait = first.take(quota, 1);
    clock.advance(MINUTE);

    assertThat(wait).isBetween(Duration.ofSeconds(59), MINUTE);
    assertThat(second.take(quota, 4)).isZero();
  }

  @Test
  void whatIsReservedBeyondAQuotaWaitsForItsTurn() {
    Quota quota = quota(2, null);
    first.reserve(quota, 2);

    assertThat(second.reserve(quota, 1)).isBetween(Duration.ofSeconds(59), MINUTE);
    assertThat(first.reserve(quota, 1)).isBetween(Duration.ofSeconds(59), MINUTE);
    assertThat(second.reserve(quota, 1)).isBetween(Duration.ofSeconds(119), MINUTE.multipliedBy(2));
    assertThat(first.reserve(quota, 10)).isGreaterThan(Duration.ofMinutes(5));
  }

  @Test
  void burstLimitsWhatIsTakenAtOnceAndTheRestIsSpread() {
    Quota quota = quota(60, 5);

    assertThat(first.take(quota, 5)).isZero();
    assertThat(first.take(quota, 1)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(2));
    assertThat(second.take(quota, 2)).isZero();
    assertThat(second.take(quota, 1)).isPositive();
  }

  @Test
  void amountBeyondTheBurstIsTakenWhole() {
    Quota quota = quota(60, 5);

    assertThat(first.take(quota, 15)).isZero();
    assertThat(first.take(quota, 1)).isBetween(Duration.ofMillis(10_900), Duration.ofSeconds(11));
    first.giveBack(quota, 15);
    assertThat(second.take(quota, 5)).isZero();
    assertThat(second.take(quota, 1)).isPositive();
  }

  @Test
  void pastUseCountsWhenACounterBegins() {
    past = 3;
    Quota quota = quota(4, null);

    assertThat(first.peek(quota, 1)).isZero();
    assertThat(first.take(quota, 1)).isZero();
    assertThat(first.take(quota, 1)).isPositive();
  }

  @Test
  void withoutRedisEachNodeUsesItsShareAndAfterwardsThePastCounts() {
    Quota quota = quota(4, null);
    nodes.redis().stop();

    assertThat(first.take(quota, 2)).isZero();
    assertThat(first.take(quota, 1)).isPositive();
    assertThat(second.take(quota, 3)).isZero();
    // Two in its share, one of the next period.
    assertThat(second.take(quota, 2)).isGreaterThan(MINUTE);
    nodes.redis().start();
    past = 4;
    clock.advance(Duration.ofSeconds(10));
    assertThat(first.take(quota, 1)).isPositive();
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    Quota quota = quota(2, null);
    first.take(quota, 2);
    second.giveBack(quota, 1);

    assertThat(first.take(quota, 1)).isZero();
    assertThat(first.take(quota, 1)).isPositive();
  }

  private Quota quota(int amount, @Nullable Integer burst) {
    return new Quota("agent:x", new TreeMap<>(Map.of(MINUTE, amount)), burst, period -> past);
  }

  private QuotaBuckets node(LettuceConnectionFactory connections) {
    return new QuotaBuckets(
        new SharedBuckets(connections, new BucketClock(clock), Duration.ofSeconds(5)),
        whole -> whole / 2,
        clock);
  }
}
