package org.byoemail.bounce;

import java.util.Optional;
import java.util.OptionalInt;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;

/**
 * What a report says about one recipient.
 *
 * @param original the address the mail was sent to, where the report names it
 * @param finalRecipient the address it ended at, which a forwarding may have changed; empty where
 *     that was a file or a program
 * @param status the most telling of the status codes given
 * @param diagnostic what the receiving server said; empty where nothing is reported
 * @param replyCode the SMTP reply code within the diagnostic
 */
public record ReportedRecipient(
    Optional<EmailAddress> original,
    Optional<EmailAddress> finalRecipient,
    ReportAction action,
    Optional<EnhancedStatus> status,
    String diagnostic,
    OptionalInt replyCode) {

  /** The address to match with: the original one, else the final one. */
  public Optional<EmailAddress> address() {
    return original.or(() -> finalRecipient);
  }

  ReportedRecipient sentTo(EmailAddress address) {
    return new ReportedRecipient(
        Optional.of(address), finalRecipient, action, status, diagnostic, replyCode);
  }
}
