package org.byoemail.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.byoemail.platform.event.EventPollSchedule.Step;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class EventPollScheduleTest {
  private static final Duration GATHERING = Duration.ofMillis(50);

  private final AtomicLong nanos = new AtomicLong();
  private final EventPollSchedule pace = new EventPollSchedule(GATHERING, nanos::get);
  private final Step step = pace.numbering();

  @BeforeEach
  void nodeHasStarted() {
    assertThat(step.isDue()).as("for what a stopped node left").isTrue();
    TransactionSynchronizationManager.initSynchronization();
  }

  @AfterEach
  void transactionIsOver() {
    TransactionSynchronizationManager.clear();
  }

  @Test
  void nodeThatRecordsNothingChecksOnceASecond() {
    after(Duration.ofMillis(999));
    assertThat(step.isDue()).isFalse();

    after(Duration.ofMillis(1));

    assertThat(step.isDue()).isTrue();
    assertThat(step.isDue()).isFalse();
  }

  @Test
  void committedEventsAreNumberedAtOnce() {
    pace.recorded();
    assertThat(step.isDue()).as("before the commit").isFalse();

    ends(TransactionSynchronization.STATUS_COMMITTED);

    assertThat(step.isDue()).isTrue();
    assertThat(step.isDue()).isFalse();
    assertThat(pace.publishing().isDue()).as("at the start").isTrue();
    assertThat(pace.publishing().isDue()).isFalse();
  }

  @Test
  void commitWithoutAnswerCountsAsACommit() {
    pace.recorded();

    ends(TransactionSynchronization.STATUS_UNKNOWN);

    assertThat(step.isDue()).isTrue();
  }

  @Test
  void rolledBackEventsCauseNoCheck() {
    pace.recorded();

    ends(TransactionSynchronization.STATUS_ROLLED_BACK);

    assertThat(step.isDue()).isFalse();
  }

  @Test
  void manyEventsAreFollowedByAPauseInWhichMoreGather() {
    step.processed(6);
    step.wake();

    assertThat(step.isDue()).isFalse();
    after(GATHERING);

    assertThat(step.isDue()).isTrue();
  }

  @Test
  void fewEventsAreFollowedByNoPause() {
    step.processed(5);
    step.wake();

    assertThat(step.isDue()).isTrue();
  }

  @Test
  void whatAnotherNodeIsDoingIsCheckedSoon() {
    step.wakeAfter(Duration.ofMillis(10));
    assertThat(step.isDue()).isFalse();

    after(Duration.ofMillis(10));

    assertThat(step.isDue()).isTrue();
  }

  @Test
  void waitEndsWithAWakeUp() throws Exception {
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              try {
                step.await(Duration.ofDays(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    step.wake();

    waiting.get(20, TimeUnit.SECONDS);
    assertThat(step.isDue()).isTrue();
  }

  private static void ends(int status) {
    TransactionSynchronizationManager.getSynchronizations()
        .forEach(each -> each.afterCompletion(status));
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
