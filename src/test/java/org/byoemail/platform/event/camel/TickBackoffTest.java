package org.byoemail.platform.event.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ScheduledPollConsumer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TickBackoffTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final LinkedBlockingQueue<Boolean> work = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> waits = new LinkedBlockingQueue<>();
  private final DefaultCamelContext context = new DefaultCamelContext();
  private ScheduledPollConsumer consumer;
  private Endpoint endpoint;

  private final TickBackoff ticks =
      new TickBackoff("tested", clock) {
        @Override
        public boolean isDue() {
          return hasWork(() -> work.poll() != null, () -> work.poll() != null);
        }

        @Override
        void await(Duration longest) {
          waits.add("waits");
          Boolean found = poll(work);
          if (found != null) {
            work.add(found);
          }
        }
      };

  @BeforeEach
  void consumerRuns() throws Exception {
    context.start();
    endpoint = context.getEndpoint("scheduler:test");
    // Does not poll by itself.
    consumer =
        new ScheduledPollConsumer(endpoint, exchange -> {}) {
          @Override
          protected int poll() {
            return 0;
          }
        };
    consumer.setStartScheduler(false);
    consumer.start();
  }

  @AfterEach
  void contextStops() {
    consumer.stop();
    context.stop();
  }

  @Test
  void pollBeginsWhenThereIsWork() throws Exception {
    CompletableFuture<Boolean> begun = begin(consumer);
    assertThat(waits.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    assertThat(begun).isNotDone();

    work.add(true);

    assertThat(begun.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void suspendedRouteDoesNotPollAnyMore() throws Exception {
    CompletableFuture<Boolean> begun = begin(consumer);
    assertThat(waits.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();

    consumer.suspend();
    work.add(true);

    assertThat(begun.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
    assertThat(work).as("left for the next route").hasSize(1);
  }

  @Test
  void afterAFailureThePollPauses() throws Exception {
    work.add(true);
    ticks.rollback(consumer, endpoint, 0, new IllegalStateException("no database"));

    CompletableFuture<Boolean> begun = begin(consumer);
    assertThatThrownBy(() -> begun.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    clock.advance(Duration.ofSeconds(1));

    assertThat(begun.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(waits).as("sleeps as long as the backoff lasts").isEmpty();
  }

  private CompletableFuture<Boolean> begin(Consumer consumer) {
    return CompletableFuture.supplyAsync(() -> ticks.begin(consumer, endpoint));
  }

  private static <T> T poll(LinkedBlockingQueue<T> queue) {
    try {
      return queue.poll(50, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
