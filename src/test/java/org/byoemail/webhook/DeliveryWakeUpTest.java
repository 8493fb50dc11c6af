package org.byoemail.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
}
