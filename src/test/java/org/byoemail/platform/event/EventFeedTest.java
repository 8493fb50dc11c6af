package org.byoemail.platform.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.NumberedEvents.Batch;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Newest events in memory. */
class EventFeedTest {
  private static final EventFilter ALL = EventFilter.of(null);
  private static final int LARGE = 500_000;

  private final List<Long> reads = new ArrayList<>();
  private final NumberedEvents events = mock();
  private final ArgumentCaptor<Runnable> listener = ArgumentCaptor.captor();
  private final EventFeed feed = new EventFeed(events, mock(JdbcClient.class, RETURNS_DEEP_STUBS));

  private static Event event(long position) {
    return new Event(
        UUID.randomUUID(),
        position,
        new OrganizationId("one"),
        "message.received",
        null,
        null,
        1,
        JsonNodeFactory.instance.objectNode().put("subject", "x".repeat(LARGE)),
        Instant.EPOCH,
        null);
  }

  private void follow(int count) {
    when(events.last()).thenReturn(0L);
    more(count);
    feed.follow(() -> {});
    verify(events).onNumbered(listener.capture());
    feed.refresh();
    refresh();
    reads.clear();
  }

  private void refresh() {
    listener.getValue().run();
    feed.refresh();
  }

  private void more(int count) {
    when(events.after(any(), anyLong(), anyInt()))
        .thenAnswer(
            call -> {
              long after = call.getArgument(1);
              reads.add(after);
              return after >= count
                  ? new Batch(List.of(), after)
                  : new Batch(List.of(event(after + 1)), after + 1);
            });
  }

  @Test
  void largeEventsAreKeptWithinABound() {
    follow(100);

    Batch oldest = feed.after(ALL, 60, 10);
    assertThat(reads).as("read again, since no longer in memory").containsExactly(60L);
    feed.after(ALL, 95, 10);
    assertThat(reads).hasSize(1);
    assertThat(oldest.events()).hasSize(1);
  }

  @Test
  void fewLargeEventsAreReadAtATime() {
    follow(10);

    Batch first = feed.after(ALL, 0, 10);
    Batch last = feed.after(ALL, 9, 10);

    assertThat(first.events()).extracting(Event::position).containsExactly(1L);
    assertThat(first.upTo()).isEqualTo(1);
    assertThat(last.events()).extracting(Event::position).containsExactly(10L);
    assertThat(last.upTo()).isEqualTo(10);
    assertThat(reads).isEmpty();
  }

  @Test
  void deletedEventsTakeNoRoom() {
    follow(30);

    // None of them is in the database any more.
    feed.look();
    feed.refresh();
    more(45);
    refresh();
    reads.clear();
    feed.after(ALL, 30, 10);

    assertThat(reads).isEmpty();
  }
}
