package org.byoemail.platform.event;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How often this node checks for events to number or to publish: at every tick while it records or
 * finds events, rarely otherwise, for events of a stopped node. Thread-safe.
 */
@Component
class EventPace {
  /** Usually longer than a transaction: a recorded event is seen once it commits. */
  private static final long LIVELY = Duration.ofSeconds(30).toNanos();

  private static final long SELDOM = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private final Looks numbering = new Looks();
  private final Looks publishing = new Looks();
  private volatile long recordedAt;

  @Autowired
  EventPace() {
    this(System::nanoTime);
  }

  EventPace(LongSupplier nanos) {
    this.nanos = nanos;
    this.recordedAt = nanos.getAsLong();
    numbering.foundNoneAt = recordedAt - SELDOM;
    publishing.foundNoneAt = recordedAt - SELDOM;
  }

  /** The checks of one step. */
  final class Looks {
    private volatile long foundNoneAt;

    /** Records that there was nothing to do. */
    void foundNone() {
      foundNoneAt = nanos.getAsLong();
    }

    /** Whether to check now. */
    boolean isDue() {
      long now = nanos.getAsLong();
      return now - recordedAt < LIVELY || now - foundNoneAt >= SELDOM;
    }
  }

  /** This node records an event. */
  void recorded() {
    recordedAt = nanos.getAsLong();
  }

  Looks numbering() {
    return numbering;
  }

  Looks publishing() {
    return publishing;
  }
}
