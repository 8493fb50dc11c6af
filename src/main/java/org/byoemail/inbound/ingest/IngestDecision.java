package org.byoemail.inbound.ingest;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a mail.
 *
 * @param reason why it does not become a message; null if it does
 */
public record IngestDecision(Verdict verdict, @Nullable String reason) {

  /** The kinds of decision. */
  public enum Verdict {
    /** Take it in. */
    ACCEPT,
    /** Take it in if it is a delivery report, else refuse it. */
    REPORT_ONLY,
    /** It is a delivery report. */
    REPORT,
    /** Leave it alone. */
    REFUSE,
    /** It is a probe of an alias: leave it alone too. */
    PROBE,
    /** It is known already. */
    DUPLICATE,
    /** Put it aside. */
    QUARANTINE,
    /** Have a person review it: its sender is not proven. */
    HOLD
  }

  static IngestDecision accept() {
    return new IngestDecision(Verdict.ACCEPT, null);
  }

  static IngestDecision refuse(String reason) {
    return new IngestDecision(Verdict.REFUSE, reason);
  }

  static IngestDecision probe() {
    return new IngestDecision(Verdict.PROBE, "it is a probe of an alias, sent by this gateway");
  }

  static IngestDecision quarantine(String reason) {
    return new IngestDecision(Verdict.QUARANTINE, reason);
  }

  static IngestDecision hold(String reason) {
    return new IngestDecision(Verdict.HOLD, reason);
  }

  /** Whether the whole mail has to be read. */
  public boolean reads() {
    return verdict == Verdict.ACCEPT || verdict == Verdict.REPORT_ONLY;
  }

  /** What is recorded of the mail. */
  public InboundStatus status() {
    return switch (verdict) {
      case ACCEPT -> InboundStatus.INGESTED;
      case REPORT -> InboundStatus.REPORT;
      case REPORT_ONLY, REFUSE, PROBE -> InboundStatus.REFUSED;
      case DUPLICATE -> InboundStatus.DUPLICATE;
      case QUARANTINE -> InboundStatus.QUARANTINED;
      case HOLD -> InboundStatus.HELD;
    };
  }
}
