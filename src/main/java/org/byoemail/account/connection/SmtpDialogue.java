package org.byoemail.account.connection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record of one mail transaction (RFC 5321 section 3.3), not yet judged.
 *
 * @param stage where it ended
 * @param reply the final reply; null: the connection was lost, or no reply came in time
 * @param recipients the replies to RCPT TO, in order; fewer if the transaction ended early
 * @param trouble the reason why there is no reply; null otherwise
 */
public record SmtpDialogue(
    Stage stage, @Nullable SmtpReply reply, List<SmtpReply> recipients, @Nullable String trouble) {
  private static final int CLOSING = 421;

  public SmtpDialogue {
    recipients = List.copyOf(recipients);
  }

  /**
   * Whether the server ended the connection, or announced that (421), before the mail was named.
   */
  public boolean isClosedBeforeMail() {
    return stage == Stage.MAIL_FROM && (reply == null || reply.code() == CLOSING);
  }
}
