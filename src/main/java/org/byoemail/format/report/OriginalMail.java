package org.byoemail.format.report;

import java.util.Optional;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;

/**
 * The mail that a report is about, as far as the report says.
 *
 * @param attempt from the attempt header of the returned mail, or from the text
 * @param from its author
 * @param to its first recipient
 * @param subject empty if unknown
 */
public record OriginalMail(
    Optional<AttemptId> attempt,
    Optional<MessageId> messageId,
    Optional<EmailAddress> from,
    Optional<EmailAddress> to,
    String subject) {

  /** Nothing is known of it. */
  static final OriginalMail UNKNOWN =
      new OriginalMail(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "");
}
