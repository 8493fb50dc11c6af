package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.byoemail.format.screen.Finding;
import org.springframework.stereotype.Component;

/** Counts mails by outcome, and ingested mails by findings. */
@Component("inboundCounts")
public class InboundCounts {
  private final Map<InboundStatus, Counter> counters = new EnumMap<>(InboundStatus.class);

  private final Map<String, Counter> findings = new HashMap<>();

  InboundCounts(MeterRegistry meters) {
    for (Finding.Kind kind : Finding.Kind.values()) {
      findings.put(
          kind.word(),
          Counter.builder("byo.inbound.findings")
              .description("ingested mails with findings, by kind")
              .tag("kind", kind.word())
              .register(meters));
    }
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
        if (item.becomes(InboundStatus.INGESTED)) {
          item.screening().findings().stream()
              .map(Screening.Found::kind)
              .distinct()
              .forEach(kind -> findings.get(kind).increment());
        }
      }
    }
  }
}
