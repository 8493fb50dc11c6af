package org.byoemail.api;

import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import org.byoemail.platform.event.NumberedEvents.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Asks an {@link EventStreams.Answer} on threads of its own, since it may take long: threads of the
 * streams serve all others meanwhile. Thread-safe.
 */
final class AnswerSource implements EventConnection.Source {
  private final Executor threads;
  private final LongFunction<Batch> events;
  private final EventStreams.StreamResponse answer;
  private Runnable pump = () -> {};
  private boolean busy;
  private long examined;
  private byte @Nullable [] body;

  /**
   * @param events those after a position
   * @param after the position to start after
   */
  AnswerSource(
      Executor threads,
      LongFunction<Batch> events,
      EventStreams.StreamResponse answer,
      long after) {
    this.threads = threads;
    this.events = events;
    this.answer = answer;
    this.examined = after;
  }

  @Override
  public synchronized void begin(Runnable wake) {
    pump = wake;
  }

  @Override
  public synchronized EventConnection.Piece next(long after, boolean over) {
    if (body != null || over) {
      return new EventConnection.Piece(body == null ? answer.none(examined) : body, after, true);
    }
    if (busy) {
      return new EventConnection.Piece(null, after, false);
    }
    Batch batch = events.apply(after);
    if (batch.events().isEmpty()) {
      examined = batch.upTo();
    } else {
      busy = true;
      threads.execute(() -> ask(batch));
    }
    return new EventConnection.Piece(null, batch.upTo(), false);
  }

  private void ask(Batch batch) {
    byte[] found = answer.of(batch.events());
    Runnable wake;
    synchronized (this) {
      busy = false;
      body = found;
      if (found == null) {
        examined = batch.upTo();
      }
      wake = pump;
    }
    wake.run();
  }

  @Override
  public synchronized byte[] farewell() {
    // Not what was found: the key may have been deleted.
    return answer.none(examined);
  }
}
