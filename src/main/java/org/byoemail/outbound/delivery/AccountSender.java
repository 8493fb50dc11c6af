package org.byoemail.outbound.delivery;

import io.micrometer.common.KeyValues;
import jakarta.mail.MessagingException;
import java.util.List;
import java.util.Locale;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.SmtpConnection;
import org.byoemail.account.connection.SmtpConnections;
import org.byoemail.account.connection.SmtpDialogue;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.account.connection.Stage;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.springframework.stereotype.Component;

/**
 * Sends a mail over a connection of its account and records the outcome in it. Holds neither a
 * database connection nor a lock. Safe for use by many threads.
 */
@Component
public class AccountSender {
  private static final SmtpDialogue NOTHING_TO_SAY =
      new SmtpDialogue(Stage.DATA, null, List.of(), null);
  private static final Rejected NO_UTF8 =
      new Rejected(
          "an address has characters beyond ASCII before the @, and the server does not offer"
              + " SMTPUTF8 (RFC 6531)",
          "5.6.7");

  private final SmtpConnections connections;
  private final ServerConcurrencyLimiter shares;
  private final SendObservations observations;

  AccountSender(
      SmtpConnections connections, ServerConcurrencyLimiter shares, SendObservations observations) {
    this.shares = shares;
    this.connections = connections;
    this.observations = observations;
  }

  /**
   * Sends. Refusals and lost connections are outcomes, recorded in the mail and not thrown.
   *
   * @throws MessagingException if the mail cannot be read
   * @throws org.byoemail.account.connection.PoolExhausted if no connection becomes free
   */
  public void send(OutgoingMail mail) throws MessagingException {
    ServerSettings server = mail.account().server(Protocol.SMTP);
    observations.observe(
        "email.smtp.send",
        KeyValues.of("security", server.security().name().toLowerCase(Locale.ROOT)),
        KeyValues.of(
            "server.address", server.host(),
            "server.port", String.valueOf(server.port()),
            "account_id", mail.account().id().toString()),
        mail,
        () -> converse(mail));
  }

  private void converse(OutgoingMail mail) throws MessagingException {
    try {
      dialogue(mail);
    } catch (ConnectionFailed e) {
      mail.outcomeForAll(OutcomeClassifier.of(e));
    }
  }

  private void dialogue(OutgoingMail mail) throws MessagingException {
    SmtpDialogue dialogue =
        connections.converse(
            mail.account(),
            OutcomeClassifier::needsNewConnection,
            connection -> {
              SmtpDialogue said = deliver(mail, connection);
              if (OutcomeClassifier.isSessionFull(said)) {
                connection.retire();
              }
              return said;
            });
    if (dialogue.reply() != null) {
      shares.answered(mail.claim());
    }
    OutcomeClassifier.of(dialogue, undecided(mail)).forEach(mail::outcome);
  }

  private static SmtpDialogue deliver(OutgoingMail mail, SmtpConnection connection)
      throws MessagingException {
    if (!connection.supports(SmtpUtf8Addresses.EXTENSION)) {
      mail.needingUtf8().forEach(recipient -> mail.outcome(recipient, NO_UTF8));
    }
    List<EmailAddress> recipients = undecided(mail);
    if (recipients.isEmpty()) {
      return NOTHING_TO_SAY;
    }
    SmtpEnvelope envelope = SmtpEnvelope.of(mail, recipients, connection);
    Rejected refusal = envelope.refusal();
    if (refusal != null) {
      recipients.forEach(recipient -> mail.outcome(recipient, refusal));
      return NOTHING_TO_SAY;
    }
    return connection.deliver(
        envelope.envelope(), out -> mail.sent(SentMailDigest.of(envelope.content(), out)));
  }

  private static List<EmailAddress> undecided(OutgoingMail mail) {
    return mail.envelope().stream().filter(r -> !mail.outcomes().containsKey(r)).toList();
  }
}
