package org.byoemail.platform.event.camel;

import java.time.Clock;
import org.byoemail.platform.event.EventOutbox;
import org.springframework.stereotype.Component;

/** The ticks of {@code event-publish}: a tick publishes only if events wait. */
@Component("eventTicks")
public class EventTicks extends TickBackoff {
  private final EventOutbox outbox;

  EventTicks(EventOutbox outbox, Clock clock) {
    super("published", clock);
    this.outbox = outbox;
  }

  /** Whether events wait and no backoff is under way. */
  public boolean isDue() {
    return hasWork(outbox::isDue, outbox::isWaiting);
  }
}
