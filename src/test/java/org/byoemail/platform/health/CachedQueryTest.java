package org.byoemail.platform.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

class CachedQueryTest {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void resultIsKeptWhileItIsFresh() {
    CachedQuery<Integer> query = new CachedQuery<>(asked::incrementAndGet, -1, FRESH, clock);

    assertThat(query.get()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(9));
    assertThat(query.get()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(2));
    assertThat(query.get()).isEqualTo(2);
  }

  @Test
  void failedQueryIsUnknownAndAskedForAgain() {
    CachedQuery<Integer> query =
        new CachedQuery<>(
            () -> {
              if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("away");
              }
              return asked.get();
            },
            -1,
            FRESH,
            clock);

    assertThat(query.get()).isEqualTo(-1);
    clock.advance(FRESH.plusSeconds(1));
    assertThat(query.get()).isEqualTo(2);
  }

  @Test
  @Timeout(8)
  void manyQueriesThatHangAreNotWaitedForOneAfterAnother() {
    CountDownLatch never = new CountDownLatch(1);
    List<CachedQuery<Integer>> queries =
        IntStream.range(0, 30)
            .mapToObj(i -> new CachedQuery<>(() -> hang(never), -1, FRESH, clock))
            .toList();

    assertThat(queries).allSatisfy(query -> assertThat(query.get()).isEqualTo(-1));

    never.countDown();
  }

  private static int hang(CountDownLatch answer) {
    try {
      answer.await();
      return 7;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Timeout(20)
  void queryThatHangsHoldsUpNobodyAndRunsOnce() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    CachedQuery<Integer> query =
        new CachedQuery<>(
            () -> {
              asked.incrementAndGet();
              return hang(answer);
            },
            -1,
            FRESH,
            clock);

    // Longer than the timeout of the test, if each waited.
    for (int i = 0; i < 50; i++) {
      assertThat(query.get()).isEqualTo(-1);
    }
    assertThat(asked).hasValue(1);

    answer.countDown();
    await().atMost(Duration.ofSeconds(10)).until(() -> query.get() == 7);
    assertThat(asked).hasValue(1);
  }

  @Test
  @Timeout(20)
  void serviceThatHangsIsDown() {
    CountDownLatch never = new CountDownLatch(1);
    MeterRegistry meters = new SimpleMeterRegistry();
    ServiceHealth health =
        new ServiceHealth(
            "database",
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return Health.up().build();
            },
            Status.DOWN,
            clock,
            meters);

    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(meters.get("byo.service.up").tag("service", "database").gauge().value()).isZero();
    never.countDown();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> meters.get("byo.service.up").gauge().value() == 1);
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
  }
}
