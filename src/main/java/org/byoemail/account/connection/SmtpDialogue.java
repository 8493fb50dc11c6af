package org.byoemail.account.connection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mail transaction (RFC 5321 section 3.3) as it went: nothing is judged here.
 *
 * @param stage where it ended
 * @param reply the answer it ended with; null: the connection was lost, or no answer came in time
 * @param recipients the answers to RCPT TO in the order of the recipients; fewer where it ended
 *     before
 * @param trouble what was found where there was no answer; null otherwise
 */
public record SmtpDialogue(
    Stage stage, @Nullable SmtpReply reply, List<SmtpReply> recipients, @Nullable String trouble) {
  public SmtpDialogue {
    recipients = List.copyOf(recipients);
  }
}
