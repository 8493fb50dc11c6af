package org.byoemail.platform.event;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How often this node looks for unpublished events: at every tick while it records or finds some,
 * rarely otherwise, for those of a node that has stopped. Thread-safe.
 */
@Component
class EventPace {
  /** Usually longer than a transaction: a recorded event is seen once it commits. */
  private static final long LIVELY = Duration.ofSeconds(30).toNanos();

  private static final long SELDOM = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private volatile long recordedAt;
  private volatile long foundNoneAt;

  @Autowired
  EventPace() {
    this(System::nanoTime);
  }

  EventPace(LongSupplier nanos) {
    this.nanos = nanos;
    this.recordedAt = nanos.getAsLong();
    this.foundNoneAt = recordedAt - SELDOM;
  }

  /** This node records an event. */
  void recorded() {
    recordedAt = nanos.getAsLong();
  }

  /** There was nothing to publish. */
  void foundNone() {
    foundNoneAt = nanos.getAsLong();
  }

  /** Whether to look now. */
  boolean isDue() {
    long now = nanos.getAsLong();
    return now - recordedAt < LIVELY || now - foundNoneAt >= SELDOM;
  }
}
