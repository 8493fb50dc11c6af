package org.byoemail.inbound;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts mails by what became of them. */
@Component("inboundCounts")
public class InboundCounts {
  private final MeterRegistry meters;

  InboundCounts(MeterRegistry meters) {
    this.meters = meters;
  }

  /** A mail was dealt with. */
  public void count(Decision decision) {
    Counter.builder("byo.inbound.mails")
        .description("mails that were dealt with, by what became of them")
        .tag("status", decision.status().word())
        .register(meters)
        .increment();
  }
}
