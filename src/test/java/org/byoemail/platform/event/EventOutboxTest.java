package org.byoemail.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class EventOutboxTest extends WebTest {
  @Autowired private Events events;
  @Autowired private EventOutbox outbox;
  @Autowired private PlatformTransactionManager transactions;

  private String organization = "";
  private final List<Event> published = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void publishWhatOthersLeft() {
    organization = fresh("acme");
    while (outbox.isWaiting()) {
      publish();
    }
    published.clear();
  }

  @Test
  void eventThatCommitsLateIsBehindWhatWasPublished() throws Exception {
    CountDownLatch recorded = new CountDownLatch(1);
    CountDownLatch mayCommit = new CountDownLatch(1);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<?> late =
          pool.submit(
              () ->
                  transaction()
                      .executeWithoutResult(
                          status -> {
                            record(null, 1);
                            recorded.countDown();
                            await(mayCommit);
                          }));
      await(recorded);
      transaction().executeWithoutResult(status -> record(null, 2));
      publish();
      long seen = events.after(organization, 0, 10).get(0).position();
      mayCommit.countDown();
      late.get(10, TimeUnit.SECONDS);
      publish();

      List<Event> behind = events.after(organization, seen, 10);

      assertThat(behind).singleElement().satisfies(event -> assertThat(number(event)).isEqualTo(1));
    } finally {
      mayCommit.countDown();
      pool.shutdownNow();
    }
  }

  @Test
  void twoPublishersSkipNothingAndKeepTheOrder() throws Exception {
    int writers = 4;
    int each = 60;
    ExecutorService pool = Executors.newFixedThreadPool(writers + 2);
    try {
      List<Future<?>> writing = new ArrayList<>();
      List<UUID> messages = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        UUID message = UUID.randomUUID();
        messages.add(message);
        writing.add(
            pool.submit(
                () -> {
                  for (int i = 1; i <= each; i++) {
                    int number = i;
                    transaction().executeWithoutResult(status -> record(message, number));
                  }
                }));
      }
      CountDownLatch written = new CountDownLatch(1);
      List<Future<?>> publishing = new ArrayList<>();
      for (int p = 0; p < 2; p++) {
        publishing.add(
            pool.submit(
                () -> {
                  while (written.getCount() > 0 || outbox.isWaiting()) {
                    publish();
                  }
                }));
      }
      for (Future<?> future : writing) {
        future.get(60, TimeUnit.SECONDS);
      }
      written.countDown();
      for (Future<?> future : publishing) {
        future.get(60, TimeUnit.SECONDS);
      }

      assertThat(published).hasSize(writers * each);
      assertThat(new HashSet<>(published.stream().map(Event::id).toList())).hasSize(writers * each);
      long first = published.get(0).position();
      for (int i = 0; i < published.size(); i++) {
        assertThat(published.get(i).position()).isEqualTo(first + i);
      }
      for (UUID message : messages) {
        assertThat(
                published.stream().filter(e -> message.equals(e.messageId())).map(Event::sequence))
            .isSorted()
            .hasSize(each);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void whatWasNotPublishedComesAgain() {
    transaction().executeWithoutResult(status -> record(null, 1));

    List<Event> first =
        transaction()
            .execute(
                status -> {
                  status.setRollbackOnly();
                  return outbox.next();
                });
    publish();

    assertThat(first).hasSize(1);
    assertThat(published).isEqualTo(first);
    assertThat(outbox.isWaiting()).isFalse();
  }

  private void publish() {
    transaction()
        .executeWithoutResult(
            status -> {
              List<Event> next = outbox.next();
              // As the broker does: it has them before the database commits.
              published.addAll(next);
              outbox.published(next);
            });
  }

  private void record(UUID message, int number) {
    events.record(
        new Events.NewEvent(
            organization, message, null, EventFixtures.sent(Map.of("number", number))));
  }

  private static int number(Event event) {
    return event.data().at("/metadata/number").asInt();
  }

  private TransactionTemplate transaction() {
    return new TransactionTemplate(transactions);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
