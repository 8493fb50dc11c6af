package org.byoemail.outbound.bounce;

import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.report.ReportAction;
import org.byoemail.format.report.ReportedRecipient;
import org.jspecify.annotations.Nullable;

/**
 * What a mail says of one recipient, and which recipient of the message that is.
 *
 * @param id of the bounce that it is recorded as
 * @param named as the mail names it
 * @param reported the reported result; null in a complaint or receipt
 * @param match null if it is no recipient of the message
 */
record MatchedRecipient(
    UUID id,
    Optional<EmailAddress> named,
    @Nullable ReportedRecipient reported,
    ReportMatching.@Nullable RecipientMatch match) {

  MatchedRecipient(
      Optional<EmailAddress> named,
      @Nullable ReportedRecipient reported,
      ReportMatching.@Nullable RecipientMatch match) {
    this(Ids.next(), named, reported, match);
  }

  /** Whether it is the end for a recipient of the message: failed or delivered. */
  boolean isFinal() {
    return match != null && reported != null && reported.action().isFinal();
  }

  /** Whether a reason applies: not to what was delivered, nor to a complaint or receipt. */
  private boolean hasReason() {
    return reported != null && !isDelivered();
  }

  /** The word of the reason; null if none applies. */
  @Nullable String reason() {
    return reported != null && hasReason() ? reported.reason().word() : null;
  }

  /** Whether the same mail would fail again. */
  boolean isPermanent() {
    return reported != null && hasReason() && reported.isPermanent();
  }

  /** The enhanced status, as RFC 3463 writes it; null if unknown. */
  @Nullable String status() {
    return reported == null ? null : reported.status().map(EnhancedStatus::toString).orElse(null);
  }

  /** What the receiving server said; null if nothing. */
  @Nullable String diagnostic() {
    return reported == null || reported.diagnostic().isBlank() ? null : reported.diagnostic();
  }

  boolean isDelivered() {
    return reported != null && reported.action() == ReportAction.DELIVERED;
  }
}
