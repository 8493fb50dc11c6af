package org.byoemail.outbound.delivery;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a node claims. */
class FreeWorkersTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  private final AtomicInteger apart = new AtomicInteger();
  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();

  @Test
  void firstClaimIsMadeAtOnce() throws Exception {
    FreeWorkers workers = workers(2, NEVER);

    boolean free = workers.await();

    assertThat(free).isTrue();
    assertThat(workers.count()).isEqualTo(2);
  }

  @Test
  void claimFollowsOneThatFoundSomething() throws Exception {
    FreeWorkers workers = workers(2, NEVER);
    workers.await();
    workers.begin(List.of(first));

    boolean free = workers.await();

    assertThat(free).isTrue();
    assertThat(workers.count()).isOne();
  }

  @Test
  void nothingIsClaimedWhileAllWorkersAreBusy() throws Exception {
    FreeWorkers workers = workers(2, NEVER);
    workers.begin(List.of(first, second));

    boolean free = workers.await();

    assertThat(free).isFalse();
    assertThat(workers.count()).isZero();
    assertThat(workers.held()).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void workerThatGetsFreeEndsTheWait() throws Exception {
    FreeWorkers workers = workers(1, NEVER);
    workers.begin(List.of(first));
    CompletableFuture<Boolean> waiting = waiting(workers);

    workers.end(first);

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(workers.isHeld(first)).isFalse();
  }

  @Test
  void idleNodeClaimsAgainAfterTheInterval() throws Exception {
    FreeWorkers workers = workers(1, Duration.ofMillis(50));
    workers.await();
    long start = System.nanoTime();

    boolean free = workers.await();

    assertThat(free).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(40));
  }

  @Test
  void idleNodeIsWoken() throws Exception {
    FreeWorkers workers = workers(1, NEVER);
    workers.await();
    CompletableFuture<Boolean> waiting = waiting(workers);

    workers.wake();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void workThatComesWhileAllWorkersAreBusyIsClaimedByTheFirstThatGetsFree() throws Exception {
    FreeWorkers workers = workers(2, NEVER);
    workers.begin(List.of(first, second));
    CompletableFuture<Boolean> waiting = waiting(workers);
    workers.wake();
    workers.end(second);

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(workers.count()).isOne();
  }

  @Test
  void claimThatKeepsNoWorkerBusyLeavesItFree() {
    FreeWorkers workers = workers(1, NEVER);
    workers.begin(List.of(first));

    apart.set(1);

    assertThat(workers.busy()).isZero();
    assertThat(workers.count()).isOne();
  }

  private FreeWorkers workers(int workers, Duration claimInterval) {
    return new FreeWorkers(workers, claimInterval, Clock.systemUTC(), apart::get);
  }

  private static CompletableFuture<Boolean> waiting(FreeWorkers workers) {
    return supplyAsync(
        () -> {
          try {
            return workers.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
