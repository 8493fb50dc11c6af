package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.NumberedEvents.Batch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits for an event holds up no thread of the streams. */
class AnswerSourceTest {
  private static final byte[] FOUND = {1};

  private final Queue<Runnable> answering = new ArrayDeque<>();
  private byte @Nullable [] found;
  private int woken;

  private final AnswerSource source =
      new AnswerSource(
          answering::add,
          after -> new Batch(after < 7 ? List.of(event()) : List.of(), 7),
          new EventStreams.StreamResponse() {
            @Override
            public byte @Nullable [] of(List<Event> events) {
              return found;
            }

            @Override
            public byte[] none(long examined) {
              return new byte[] {0, (byte) examined};
            }
          },
          5);

  private static Event event() {
    return new Event(
        UUID.randomUUID(),
        6,
        OrganizationId.OPERATOR,
        "message.received",
        null,
        null,
        1,
        JsonNodeFactory.instance.objectNode(),
        Instant.EPOCH,
        null);
  }

  @Test
  void answerIsMadeElsewhere() {
    source.begin(() -> woken++);
    found = FOUND;

    assertThat(source.next(5, false)).isEqualTo(new EventConnection.Piece(null, 7, false));
    assertThat(source.next(7, false)).isEqualTo(new EventConnection.Piece(null, 7, false));
    assertThat(answering).hasSize(1);
    answering.remove().run();

    assertThat(woken).isEqualTo(1);
    assertThat(source.next(7, false)).isEqualTo(new EventConnection.Piece(FOUND, 7, true));
  }

  @Test
  void eventsThatWereNotAnsweredAreNotPassed() {
    source.next(5, false);

    assertThat(source.next(7, true).bytes()).containsExactly(0, 5);
    assertThat(source.farewell()).containsExactly(0, 5);
    answering.remove().run();
    assertThat(source.next(7, true).bytes()).containsExactly(0, 7);
  }
}
