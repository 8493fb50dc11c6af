package org.byoemail.platform.event.camel;

import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.event.EventOutbox;
import org.springframework.stereotype.Component;

/** Paces {@code event-publish}: events are published when they were numbered. */
@Component("eventTicks")
public class EventTicks extends TickBackoff {
  private final EventOutbox outbox;

  EventTicks(EventOutbox outbox, Clock clock) {
    super("published", clock);
    this.outbox = outbox;
  }

  @Override
  public boolean isDue() {
    return hasWork(outbox::isDue, outbox::isWaiting);
  }

  @Override
  void await(Duration longest) throws InterruptedException {
    outbox.await(longest);
  }
}
