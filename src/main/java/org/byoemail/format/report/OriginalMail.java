package org.byoemail.format.report;

import java.util.Optional;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;

/**
 * The mail a report is about, as far as the report tells.
 *
 * @param attempt from our own header field in the returned mail, or from the report's text
 * @param from its author
 * @param to its first recipient
 * @param subject empty where it is not known
 */
public record OriginalMail(
    Optional<AttemptId> attempt,
    Optional<MessageId> messageId,
    Optional<EmailAddress> from,
    Optional<EmailAddress> to,
    String subject) {

  /** The one that nothing is known of. */
  static final OriginalMail UNKNOWN =
      new OriginalMail(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "");
}
