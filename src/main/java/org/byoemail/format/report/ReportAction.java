package org.byoemail.format.report;

import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.EnhancedStatus;

/** What became of a mail for one recipient (RFC 3464 section 2.3.3). */
public enum ReportAction {
  FAILED,
  DELAYED,
  DELIVERED,
  /** Passed on to a system that gives no reports. */
  RELAYED,
  /** Passed on to the members of a list. */
  EXPANDED;

  /** The word for it in rows and output: that of the field. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it settles what became of the recipient. */
  public boolean isFinal() {
    return this == FAILED || this == DELIVERED;
  }

  /** The action of that field; empty where it holds no word that is known. */
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

  /** What a status stands for where the action is missing or unknown. */
  static ReportAction of(EnhancedStatus status) {
    return switch (status.statusClass()) {
      case 2 -> DELIVERED;
      case 4 -> DELAYED;
      default -> FAILED;
    };
  }
}
