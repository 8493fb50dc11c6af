package org.byoemail.bounce;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
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

  void count(Classification report, List<Finding> findings, ReportMatching.@Nullable Match match) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            findings.forEach(finding -> increment(report, finding, match));
          }
        });
  }

  private void increment(
      Classification report, Finding finding, ReportMatching.@Nullable Match match) {
    ReportedRecipient reported = finding.reported();
    boolean failed = reported != null && reported.action() != ReportAction.DELIVERED;
    meters
        .counter(
            "byo.bounces",
            "kind",
            report.kind().word(),
            "reason",
            failed ? reported.reason().word() : "none",
            "matched",
            match == null ? "none" : match.by().word())
        .increment();
  }
}
