package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import org.byoemail.account.registry.Account;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends mails that the gateway composes itself, through an account, with the account's address as
 * the envelope sender. Waits for the server; holds no database connection. Safe for use by many
 * threads.
 */
@Component
public class GatewayMailSender {
  private final SmtpConnections connections;

  GatewayMailSender(SmtpConnections connections) {
    this.connections = connections;
  }

  /**
   * Sends a mail to one recipient.
   *
   * @return why it was not accepted; null if it was
   */
  public @Nullable String send(Account account, MimeMessage mail, String recipient) {
    try {
      boolean utf8 =
          SmtpUtf8Addresses.isNeeded(mail, List.of(account.address().value(), recipient));
      boolean[] lacksUtf8 = new boolean[1];
      SmtpDialogue dialogue =
          connections.converse(
              account,
              SmtpDialogue::isClosedBeforeMail,
              connection -> {
                lacksUtf8[0] = utf8 && !connection.supports(SmtpUtf8Addresses.EXTENSION);
                return lacksUtf8[0]
                    ? new SmtpDialogue(Stage.MAIL_FROM, null, List.of(), "no SMTPUTF8")
                    : connection.deliver(
                        envelope(account, utf8, recipient), out -> mail.writeTo(out));
              });
      return lacksUtf8[0]
          ? "the server does not offer SMTPUTF8 (RFC 6531), which the address needs"
          : refusal(dialogue);
    } catch (ConnectionFailed | PoolExhausted | MessagingException e) {
      return "it could not be sent: " + e.getMessage();
    }
  }

  private static @Nullable String refusal(SmtpDialogue dialogue) {
    if (dialogue.reply() == null) {
      return "the server did not answer: " + dialogue.trouble();
    }
    boolean accepted = dialogue.stage() == Stage.END_OF_DATA && dialogue.reply().isPositive();
    return accepted ? null : "the server refused it: " + dialogue.reply().text();
  }

  private static Envelope envelope(Account account, boolean utf8, String recipient) {
    return new Envelope(
        account.address().value(),
        utf8 ? List.of(SmtpUtf8Addresses.EXTENSION) : List.of(),
        List.of(recipient),
        List.of());
  }
}
