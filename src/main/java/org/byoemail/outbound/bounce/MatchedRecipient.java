package org.byoemail.outbound.bounce;

import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.report.ReportAction;
import org.byoemail.format.report.ReportedRecipient;
import org.jspecify.annotations.Nullable;

/**
 * What a mail says of one recipient, and which recipient of the message that is.
 *
 * @param id of the bounce that it is recorded as
 * @param named as the mail names it
 * @param reported what became of it; null in a complaint or receipt
 * @param match null where it is no recipient of the message
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

  /** Whether it settles what became of a recipient of the message. */
  boolean isFinal() {
    return match != null && reported != null && reported.action().isFinal();
  }

  boolean isDelivered() {
    return reported != null && reported.action() == ReportAction.DELIVERED;
  }
}
