package org.byoemail.format.report;

import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.EnhancedStatus;

/** The Action field of a recipient (RFC 3464 section 2.3.3). */
public enum ReportAction {
  FAILED,
  DELAYED,
  DELIVERED,
  /** Passed on to a system that sends no reports. */
  RELAYED,
  /** Passed on to the members of a list. */
  EXPANDED;

  /** The word for it in rows and output, as in the field. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is the end for the recipient: failed or delivered. */
  public boolean isFinal() {
    return this == FAILED || this == DELIVERED;
  }

  /** The action of that field; empty if unknown. */
  static Optional<ReportAction> parse(String field) {
    return switch (field.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z].*", "")) {
      case "failed", "failure", "undeliverable" -> Optional.of(FAILED);
      case "delayed" -> Optional.of(DELAYED);
      case "delivered", "deliverable" -> Optional.of(DELIVERED);
      case "relayed" -> Optional.of(RELAYED);
      case "expanded" -> Optional.of(EXPANDED);
      default -> Optional.empty();
    };
  }

  /** The class of the status codes that go with it. */
  int statusClass() {
    return switch (this) {
      case FAILED -> 5;
      case DELAYED -> 4;
      case DELIVERED, RELAYED, EXPANDED -> 2;
    };
  }

  /** The action that a status stands for, if the action is missing or unknown. */
  static ReportAction of(EnhancedStatus status) {
    return switch (status.statusClass()) {
      case 2 -> DELIVERED;
      case 4 -> DELAYED;
      default -> FAILED;
    };
  }
}
