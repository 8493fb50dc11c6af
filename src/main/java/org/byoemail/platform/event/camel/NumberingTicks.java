package org.byoemail.platform.event.camel;

import java.time.Clock;
import org.byoemail.platform.event.EventNumbering;
import org.springframework.stereotype.Component;

/** The ticks of {@code event-number}: a tick assigns positions only if events wait for them. */
@Component("numberingTicks")
public class NumberingTicks extends TickBackoff {
  private final EventNumbering numbering;

  NumberingTicks(EventNumbering numbering, Clock clock) {
    super("numbered", clock);
    this.numbering = numbering;
  }

  /** Whether events wait and no backoff is under way. */
  public boolean isDue() {
    return hasWork(numbering::isDue, numbering::isWaiting);
  }

  /** Assigns positions and wakes readers. */
  public void number() {
    numbering.numbered(numbering.number());
    succeeded();
  }
}
