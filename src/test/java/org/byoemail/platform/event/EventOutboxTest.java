package org.byoemail.platform.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.cluster.GatewayNodes;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class EventOutboxTest extends WebTest {
  @Autowired private Events events;
  @Autowired private NumberedEvents numberedEvents;
  @Autowired private PlatformTransactionManager transactions;

  private final GatewayNodes nodes = mock(GatewayNodes.class);
  private EventNumbering numbering;
  private EventOutbox outbox;

  private String organization = "";
  private final List<Event> published = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void publishWhatOthersLeft() {
    organization = fresh("acme");
    numbering = new EventNumbering(jdbc, nodes, pace(), numberedEvents);
    outbox = new EventOutbox(jdbc, JSON, nodes, pace());
    olderNodeLives(false);
    number();
    while (outbox.isWaiting()) {
      publish();
    }
    published.clear();
  }

  @Test
  void eventThatCommitsLateIsBehindWhatWasNumbered() throws Exception {
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
      number();
      long seen = after(0).get(0).position();
      mayCommit.countDown();
      late.get(10, TimeUnit.SECONDS);
      number();

      List<Event> behind = after(seen);

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
                  while (written.getCount() > 0 || numbering.isWaiting() || outbox.isWaiting()) {
                    number();
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
    number();

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

  @Test
  void eventsAreReadBeforeTheBrokerHasThem() {
    transaction().executeWithoutResult(status -> record(null, 1));
    number();

    List<Event> readable = after(0);

    assertThat(readable).hasSize(1);
    assertThat(outbox.isWaiting()).isTrue();
    assertThat(published).isEmpty();
  }

  @Test
  void whileAnOlderNodeRunsPositionsAreGivenWithPublication() {
    olderNodeLives(true);
    transaction().executeWithoutResult(status -> record(null, 1));
    boolean numbersApart = numbering.isWaiting();
    List<Event> before = after(0);

    publish();

    assertThat(numbersApart).isFalse();
    assertThat(before).isEmpty();
    assertThat(published).isEqualTo(after(0)).hasSize(1);
    // As an older node does: it takes whatever has a position for published.
    assertThat(publishedAt(published.get(0).id())).isNotNull();
    assertThat(outbox.isWaiting()).isFalse();
  }

  @Test
  void whatWasNumberedApartIsPublishedFirstWhenAnOlderNodeComes() {
    transaction().executeWithoutResult(status -> record(null, 1));
    number();
    olderNodeLives(true);
    transaction().executeWithoutResult(status -> record(null, 2));

    publish();
    publish();

    assertThat(published.stream().map(EventOutboxTest::number)).containsExactly(1, 2);
    assertThat(published.get(1).position()).isEqualTo(published.get(0).position() + 1);
  }

  @Test
  void whatAnOlderNodePublishedIsNotPublishedAgain() {
    transaction().executeWithoutResult(status -> record(null, 1));
    publishAsAnOlderNode();
    transaction().executeWithoutResult(status -> record(null, 2));
    number();

    publish();

    assertThat(published.stream().map(EventOutboxTest::number)).containsExactly(2);
    assertThat(after(0).stream().map(EventOutboxTest::number)).containsExactly(1, 2);
  }

  @Test
  void positionsOfDeletedEventsAreNotGivenAgain() {
    transaction().executeWithoutResult(status -> record(null, 1));
    number();
    long given = after(0).get(0).position();
    publish();
    jdbc.sql("DELETE FROM event WHERE organization = :o").param("o", organization).update();
    transaction().executeWithoutResult(status -> record(null, 2));

    number();

    assertThat(after(0)).singleElement().extracting(Event::position).isEqualTo(given + 1);
    assertThat(numberedEvents.last()).isEqualTo(given + 1);
  }

  @Test
  void deletedEventsLeaveWhereTheyEndedAndTheirSequence() {
    EventCleanup cleanup = new EventCleanup(jdbc, nodes);
    UUID message = UUID.randomUUID();
    transaction().executeWithoutResult(status -> record(message, 1));
    transaction().executeWithoutResult(status -> record(message, 2));
    number();
    List<Event> given = after(0);
    Instant later = Instant.now().plusSeconds(3600);
    Integer unpublished =
        transaction()
            .execute(status -> cleanup.deleteBefore(new OrganizationId(organization), later, 10));
    publish();

    Integer deleted =
        transaction()
            .execute(status -> cleanup.deleteBefore(new OrganizationId(organization), later, 1));

    assertThat(unpublished).isZero();
    assertThat(deleted).isEqualTo(1);
    assertThat(after(0)).containsExactly(given.get(1));
    assertThatThrownBy(
            () ->
                numberedEvents.check(new OrganizationId(organization), given.get(0).position() - 1))
        .isInstanceOfSatisfying(
            PositionRefused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(PositionRefused.Reason.DELETED);
              assertThat(refused.position()).isEqualTo(given.get(1).position());
            });
    numberedEvents.check(new OrganizationId(organization), given.get(0).position());
    numberedEvents.check(new OrganizationId(organization), 0);
    transaction()
        .execute(status -> cleanup.deleteBefore(new OrganizationId(organization), later, 10));
    transaction().executeWithoutResult(status -> record(message, 3));
    number();
    assertThat(after(0)).singleElement().extracting(Event::sequence).isEqualTo(3);
  }

  @Test
  void nothingIsDeletedWhileAnOlderNodeRuns() {
    transaction().executeWithoutResult(status -> record(null, 1));
    number();
    publish();
    olderNodeLives(true);

    Integer deleted =
        transaction()
            .execute(
                status ->
                    new EventCleanup(jdbc, nodes)
                        .deleteBefore(
                            new OrganizationId(organization), Instant.now().plusSeconds(3600), 10));

    assertThat(deleted).isZero();
  }

  @Test
  void positionOfALostLifeIsRefused() {
    transaction().executeWithoutResult(status -> record(null, 1));
    number();
    long given = numberedEvents.last();
    EventPositions positions = new EventPositions(jdbc);
    transaction().executeWithoutResult(status -> positions.skipTo(given + 50));
    transaction().executeWithoutResult(status -> record(null, 2));
    number();

    List<Event> behind = after(given);

    assertThat(behind).singleElement().extracting(Event::position).isEqualTo(given + 51);
    numberedEvents.check(new OrganizationId(organization), given);
    numberedEvents.check(new OrganizationId(organization), given + 51);
    for (long lost : new long[] {given + 1, given + 50, given + 52}) {
      assertThatThrownBy(() -> numberedEvents.check(new OrganizationId(organization), lost))
          .isInstanceOfSatisfying(
              PositionRefused.class,
              refused ->
                  assertThat(refused.reason()).isEqualTo(PositionRefused.Reason.NEVER_GIVEN));
    }
  }

  @Test
  void listenersAreCalledWhenPositionsWereGiven() {
    AtomicInteger calls = new AtomicInteger();
    try (NumberedEvents.Registration ignored = numberedEvents.onNumbered(calls::incrementAndGet)) {
      numberedEvents.look();
      calls.set(0);
      transaction().executeWithoutResult(status -> record(null, 1));

      number();

      assertThat(calls).hasValue(1);
    }
    transaction().executeWithoutResult(status -> record(null, 2));
    number();
    assertThat(calls).hasValue(1);
  }

  @Test
  void readerLearnsWhereToGoOnThoughItsFilterPassesNothing() {
    UUID account = UUID.randomUUID();
    transaction()
        .executeWithoutResult(
            status -> {
              record(null, 1);
              events.record(
                  new Events.NewEvent(
                      new OrganizationId(organization),
                      null,
                      account,
                      EventFixtures.sent(Map.of("number", 2))));
              record(null, 3);
            });
    number();
    List<Event> all = after(0);

    NumberedEvents.Batch ofAccount = filtered(Set.of(), account, 0);
    NumberedEvents.Batch first = filtered(Set.of("message.sent"), null, 0);
    NumberedEvents.Batch ofType = filtered(Set.of("message.failed"), null, 0);

    assertThat(ofAccount.events().stream().map(EventOutboxTest::number)).containsExactly(2);
    assertThat(ofAccount.upTo()).isEqualTo(all.get(2).position());
    assertThat(first.events()).hasSize(2);
    assertThat(first.upTo()).isEqualTo(all.get(1).position());
    assertThat(ofType.events()).isEmpty();
    assertThat(ofType.upTo()).isEqualTo(all.get(2).position());
    assertThat(filtered(Set.of(), null, ofType.upTo()).upTo()).isEqualTo(ofType.upTo());
  }

  @Test
  void eventsOfAnAgentAreThoseOfItsAccounts() {
    String ours = account(organization, fresh("ours") + "@agents.test");
    UUID agent =
        jdbc.sql("SELECT agent_id FROM agent_email_account WHERE id = :id::uuid")
            .param("id", ours)
            .query(UUID.class)
            .single();
    transaction()
        .executeWithoutResult(
            status -> {
              events.record(
                  new Events.NewEvent(
                      new OrganizationId(organization),
                      null,
                      UUID.fromString(ours),
                      EventFixtures.sent(Map.of("number", 1))));
              record(null, 2);
            });
    number();

    List<Event> found =
        numberedEvents
            .after(
                new EventFilter(
                    new OrganizationId(organization), null, Set.of("message.sent"), agent, null),
                0,
                10)
            .events();

    assertThat(found.stream().map(EventOutboxTest::number)).containsExactly(1);
  }

  private static EventPollSchedule pace() {
    return new EventPollSchedule(Duration.ZERO, System::nanoTime);
  }

  private NumberedEvents.Batch filtered(Set<String> types, @Nullable UUID account, long after) {
    return numberedEvents.after(
        new EventFilter(new OrganizationId(organization), null, types, null, account), after, 2);
  }

  private void olderNodeLives(boolean lives) {
    when(nodes.allKnow(EventNumbering.MIGRATION)).thenReturn(!lives);
  }

  private void publishAsAnOlderNode() {
    jdbc.sql(
            """
            UPDATE event SET position = (SELECT max(position) FROM event) + 1, published_at = statement_timestamp()
            WHERE position IS NULL
            """)
        .update();
  }

  private @Nullable Object publishedAt(UUID event) {
    return jdbc.sql("SELECT published_at FROM event WHERE id = :id")
        .param("id", event)
        .query()
        .singleRow()
        .get("published_at");
  }

  private List<Event> after(long position) {
    return numberedEvents
        .after(EventFilter.of(new OrganizationId(organization)), position, 10)
        .events();
  }

  private void number() {
    if (numbering.isWaiting()) {
      Long last = transaction().execute(status -> numbering.number());
      numbering.numbered(last);
    }
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
            new OrganizationId(organization),
            message,
            null,
            EventFixtures.sent(Map.of("number", number))));
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
