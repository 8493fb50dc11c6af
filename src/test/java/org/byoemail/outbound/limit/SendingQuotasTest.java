package org.byoemail.outbound.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.bucket.BucketClock;
import org.byoemail.platform.bucket.RedisTime;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.RedisNodes;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Two nodes that count in one Redis, which goes away and comes back. */
class SendingQuotasTest {
  private static final SendingLimits TEN_A_MINUTE =
      new SendingLimits(Map.of(SendingLimit.MESSAGES_PER_MINUTE, 10));

  // Longer than a busy machine makes Redis wait; it is waited for once for each node.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @RegisterExtension final RedisNodes nodes = new RedisNodes();

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final AccountId account = AccountId.next();
  private final AtomicInteger sent = new AtomicInteger();
  private SendingQuotas first;
  private SendingQuotas second;

  @BeforeEach
  void start() {
    first =
        new SendingQuotas(
            new SharedBuckets(nodes.first(), new BucketClock(clock), PATIENCE), whole -> 5, clock);
    second =
        new SendingQuotas(
            new SharedBuckets(nodes.second(), new BucketClock(clock), PATIENCE), whole -> 5, clock);
  }

  @Test
  void twoNodesTogetherSendNoMoreThanTheLimit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<Boolean>> mails =
        IntStream.range(0, 40)
            .<Callable<Boolean>>mapToObj(i -> () -> send(i % 2 == 0 ? first : second, TEN_A_MINUTE))
            .toList();

    int allowed = 0;
    for (var mail : threads.invokeAll(mails)) {
      allowed += mail.get() ? 1 : 0;
    }
    threads.shutdown();

    assertThat(allowed).isEqualTo(10);
  }

  @Test
  void nodesWhoseClocksAreApartShareTheLimit() {
    SendingQuotas behind = apart(nodes.first(), Duration.ofMinutes(-5));
    SendingQuotas ahead = apart(nodes.second(), Duration.ofMinutes(5));

    int allowed = 0;
    for (int i = 0; i < 10; i++) {
      allowed += drain(behind, TEN_A_MINUTE, 1) + drain(ahead, TEN_A_MINUTE, 3);
    }

    assertThat(allowed).isEqualTo(10);
  }

  private static SendingQuotas apart(LettuceConnectionFactory connections, Duration offset) {
    return new SendingQuotas(
        new SharedBuckets(connections, new RedisTime(connections), PATIENCE),
        whole -> 5,
        Clock.offset(Clock.systemUTC(), offset));
  }

  @Test
  void usedUpLimitSaysWhenItIsGivenAnew() {
    drain(first, TEN_A_MINUTE);

    Optional<Duration> wait = second.take(account, TEN_A_MINUTE, 1, used -> 0);
    clock.advance(Duration.ofMinutes(1));
    Optional<Duration> after = second.take(account, TEN_A_MINUTE, 1, used -> 0);

    assertThat(wait).contains(Duration.ofMinutes(1));
    assertThat(after).isEmpty();
  }

  @Test
  void recipientsAreCountedWhereTheProviderCountsThem() {
    SendingLimits limits =
        new SendingLimits(
            Map.of(SendingLimit.RECIPIENTS_PER_DAY, 10, SendingLimit.MESSAGES_PER_MINUTE, 3));

    boolean six = first.take(account, limits, 6, used -> 0).isEmpty();
    boolean fiveMore = first.take(account, limits, 5, used -> 0).isEmpty();
    boolean four = first.take(account, limits, 4, used -> 0).isEmpty();
    // What the refused mail had taken of the messages was given back.
    boolean third = first.take(account, limits, 1, used -> 0).isPresent();

    assertThat(List.of(six, fiveMore, four, third)).containsExactly(true, false, true, true);
    clock.advance(Duration.ofDays(1));
    assertThat(first.take(account, limits, 10, used -> 0)).isEmpty();
  }

  @Test
  void mailOfMoreRecipientsThanTheLimitUsesAllOfItAndIsNotHeldForEver() {
    SendingLimits limits = new SendingLimits(Map.of(SendingLimit.RECIPIENTS_PER_DAY, 10));

    Optional<Duration> large = first.take(account, limits, 25, used -> 0);
    Optional<Duration> next = first.take(account, limits, 1, used -> 0);

    assertThat(large).isEmpty();
    assertThat(next).isPresent();
  }

  @Test
  void limitOfZeroIsNone() {
    SendingLimits preset = new SendingLimits(Map.of(SendingLimit.MESSAGES_PER_DAY, 1));
    SendingLimits own = new SendingLimits(Map.of(SendingLimit.MESSAGES_PER_DAY, 0));

    int allowed = drain(first, own.orElse(preset), 20);

    assertThat(allowed).isEqualTo(20);
  }

  @Test
  void countersThatRedisLostAreMadeFromTheAttempts() {
    drain(first, TEN_A_MINUTE, 4);
    nodes.redis().empty();

    int allowed = drain(second, TEN_A_MINUTE, 20);

    assertThat(allowed).isEqualTo(6);
  }

  @Test
  void eachNodeGoesOnWithItsShareWhileRedisIsAway() {
    drain(first, TEN_A_MINUTE, 2);
    nodes.redis().stop();

    int onFirst = drain(first, TEN_A_MINUTE, 20);
    int onSecond = drain(second, TEN_A_MINUTE, 20);

    assertThat(first.isShared()).isFalse();
    assertThat(onFirst).isEqualTo(4);
    assertThat(onSecond).isLessThanOrEqualTo(4);
  }

  @Test
  void afterwardsTheCountersKnowWhatWasSentWithoutRedis() {
    drain(first, TEN_A_MINUTE, 1);
    nodes.redis().stop();
    int away = drain(first, TEN_A_MINUTE, 3) + drain(second, TEN_A_MINUTE, 2);
    nodes.redis().start();
    awaitRedis(nodes.first(), first);
    awaitRedis(nodes.second(), second);

    int back = drain(first, TEN_A_MINUTE, 20) + drain(second, TEN_A_MINUTE, 20);

    assertThat(away).isEqualTo(5);
    assertThat(back).isEqualTo(4);
    assertThat(first.isShared()).isTrue();
  }

  private void awaitRedis(LettuceConnectionFactory connections, SendingQuotas node) {
    // Each further try moves the clock on by seconds, and the limits are for a minute.
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> {
              try (RedisConnection connection = connections.getConnection()) {
                return "PONG".equals(connection.ping());
              }
            });
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              clock.advance(Duration.ofSeconds(6));
              node.take(AccountId.next(), TEN_A_MINUTE, 1, used -> 0);
              return node.isShared();
            });
  }

  private int drain(SendingQuotas node, SendingLimits limits) {
    return drain(node, limits, 100);
  }

  private int drain(SendingQuotas node, SendingLimits limits, int most) {
    int allowed = 0;
    while (allowed < most && send(node, limits)) {
      allowed++;
    }
    return allowed;
  }

  private boolean send(SendingQuotas node, SendingLimits limits) {
    boolean allowed = node.take(account, limits, 1, used -> sent.get()).isEmpty();
    if (allowed) {
      sent.incrementAndGet();
    }
    return allowed;
  }
}
