package org.byoemail.platform.event.camel;

import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.event.EventNumbering;
import org.springframework.stereotype.Component;

/** Paces {@code event-number}: positions are assigned when events were recorded. */
@Component("numberingTicks")
public class NumberingTicks extends TickBackoff {
  private final EventNumbering numbering;

  NumberingTicks(EventNumbering numbering, Clock clock) {
    super("numbered", clock);
    this.numbering = numbering;
  }

  @Override
  public boolean isDue() {
    return hasWork(numbering::isDue, numbering::isWaiting);
  }

  @Override
  void await(Duration longest) throws InterruptedException {
    numbering.await(longest);
  }

  /** Assigns positions and wakes readers. */
  public void number() {
    numbering.numbered(numbering.number());
    succeeded();
  }
}
