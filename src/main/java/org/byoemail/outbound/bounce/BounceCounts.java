package org.byoemail.outbound.bounce;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.byoemail.format.report.Classification;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Counts bounces by kind, reason and what they were matched by, once what they changed has
 * committed: {@code byo.bounces}.
 */
@Component
class BounceCounts {
  private final MeterRegistry meters;

  BounceCounts(MeterRegistry meters) {
    this.meters = meters;
  }

  void count(
      Classification report,
      List<MatchedRecipient> recipients,
      ReportMatching.@Nullable Match match) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            recipients.forEach(matched -> increment(report, matched, match));
          }
        });
  }

  private void increment(
      Classification report, MatchedRecipient matched, ReportMatching.@Nullable Match match) {
    String reason = matched.reason();
    meters
        .counter(
            "byo.bounces",
            "kind",
            report.kind().word(),
            "reason",
            reason == null ? "none" : reason,
            "matched",
            match == null ? "none" : match.by().word())
        .increment();
  }
}
