package org.byoemail.bounce;

import java.util.Collection;

/** What a report says as a whole. */
public enum ReportKind {
  /** At least one recipient has failed for good. */
  FAILED,
  /** None has failed, and at least one is still being tried. */
  DELAYED,
  /** Every recipient was delivered, relayed or expanded. */
  SUCCESS;

  static ReportKind of(Collection<ReportedRecipient> recipients) {
    if (recipients.stream().anyMatch(r -> r.action() == ReportAction.FAILED)) {
      return FAILED;
    }
    return recipients.stream().anyMatch(r -> r.action() == ReportAction.DELAYED)
        ? DELAYED
        : SUCCESS;
  }
}
