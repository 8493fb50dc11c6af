package org.byoemail.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryWakeUpTest {
  private final AtomicLong nanos = new AtomicLong();
  private final DeliveryWakeUp wakeUp = new DeliveryWakeUp(nanos::get);

  @BeforeEach
  void checkOnce() {
    assertThat(wakeUp.isDue()).isTrue();
    assertThat(wakeUp.isDue()).isFalse();
  }

  @Test
  void eventWakesWhileThereAreWebhooks() {
    wakeUp.eventsNumbered();

    assertThat(wakeUp.isDue()).isTrue();
    assertThat(wakeUp.isDue()).isFalse();
  }

  @Test
  void eventWakesNobodyWithoutWebhooks() {
    wakeUp.found(false);
    wakeUp.eventsNumbered();

    assertThat(wakeUp.isDue()).isFalse();
  }

  @Test
  void webhookOfAnotherNodeIsFoundWithinASecond() {
    wakeUp.found(false);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(wakeUp.isDue()).isTrue();
    wakeUp.found(true);
    wakeUp.eventsNumbered();
    assertThat(wakeUp.isDue()).isTrue();
  }

  @Test
  void deliveriesThatEndOneAfterAnotherShareTheNextCheck() {
    wakeUp.freed();
    assertThat(wakeUp.isDue()).isFalse();
    nanos.addAndGet(Duration.ofMillis(4).toNanos());
    wakeUp.freed();
    assertThat(wakeUp.isDue()).isFalse();
    nanos.addAndGet(Duration.ofMillis(1).toNanos());

    assertThat(wakeUp.isDue()).isTrue();
    assertThat(wakeUp.isDue()).isFalse();
  }

  @Test
  void waitForGatheringDeliveriesEndsInTime() throws Exception {
    DeliveryWakeUp real = new DeliveryWakeUp(System::nanoTime);
    assertThat(real.isDue()).isTrue();

    real.freed();

    assertThat(real.awaitDue(Duration.ofMillis(900))).isTrue();
  }

  @Test
  void checkThatBecomesDueBetweenTwoLooksAtTheClockIsNotMissed() throws Exception {
    long step = Duration.ofMillis(2).toNanos();
    DeliveryWakeUp stepping = new DeliveryWakeUp(() -> nanos.addAndGet(step));
    assertThat(stepping.isDue()).isTrue();

    stepping.freed();

    assertThat(stepping.awaitDue(Duration.ofMillis(900))).isTrue();
  }

  @Test
  void eventsAreCheckedForAfterSomeWereNumberedAndOnceASecond() {
    assertThat(wakeUp.areEventsDue()).isTrue();
    wakeUp.freed();
    assertThat(wakeUp.areEventsDue()).isFalse();

    wakeUp.eventsNumbered();
    assertThat(wakeUp.areEventsDue()).isTrue();
    assertThat(wakeUp.areEventsDue()).isFalse();

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(wakeUp.areEventsDue()).isTrue();
  }

  @Test
  void waitEndsWithAnEventOrInTime() throws Exception {
    DeliveryWakeUp real = new DeliveryWakeUp(System::nanoTime);
    assertThat(real.isDue()).isTrue();
    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return wakeUp.awaitDue(Duration.ofSeconds(30));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    wakeUp.eventsNumbered();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(real.awaitDue(Duration.ofMillis(1))).isFalse();
  }
}
