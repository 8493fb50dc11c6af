package org.byoemail.platform.event;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How often this node looks for events: at every tick while it records some itself or finds some,
 * and seldom otherwise, for those that a node recorded which has stopped. Safe for many threads.
 */
@Component
class EventPace {
  /** Longer than a transaction lasts, as a rule: what was recorded is seen once it commits. */
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

  /** Whether it is time for a look. */
  boolean isDue() {
    long now = nanos.getAsLong();
    return now - recordedAt < LIVELY || now - foundNoneAt >= SELDOM;
  }
}
