package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Counts mails by outcome. */
@Component("inboundCounts")
public class InboundCounts {
  private final Map<InboundStatus, Counter> counters = new EnumMap<>(InboundStatus.class);

  InboundCounts(MeterRegistry meters) {
    for (InboundStatus status : InboundStatus.values()) {
      counters.put(
          status,
          Counter.builder("byo.inbound.mails")
              .description("processed mails by outcome")
              .tag("status", status.word())
              .register(meters));
    }
  }

  /** Counts processed mails; those processed before are not counted again. */
  public void count(IngestBatch batch) {
    for (IngestItem item : batch.all()) {
      if (item.isRecorded()) {
        counters.get(item.decision().status()).increment();
      }
    }
  }
}
