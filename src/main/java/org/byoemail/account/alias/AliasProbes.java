package org.byoemail.account.alias;

import jakarta.mail.MessagingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.Envelope;
import org.byoemail.account.connection.PoolExhausted;
import org.byoemail.account.connection.SmtpConnections;
import org.byoemail.account.connection.SmtpDialogue;
import org.byoemail.account.connection.Stage;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends probes: mails from an alias to the account's own address. {@link Aliases#arrived} is called
 * when one is found in the mailbox. Safe for use by many threads.
 */
@Component
public class AliasProbes {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT);

  private final Aliases aliases;
  private final SmtpConnections connections;
  private final Clock clock;

  AliasProbes(Aliases aliases, SmtpConnections connections, Clock clock) {
    this.aliases = aliases;
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * Sends a probe; the alias is failed if the server refuses it. Not to be called inside a
   * transaction: it waits for a server, some seconds.
   *
   * @throws AliasConflict if the account has no such alias, or a probe was sent within the last
   *     minute
   */
  public void send(Account account, EmailAddress alias) {
    ProbeToken token = ProbeToken.random();
    aliases.begin(account, alias, token);
    String error = error(account, alias, token);
    if (error != null) {
      aliases.failed(account, alias, token, error);
    }
  }

  private @Nullable String error(Account account, EmailAddress alias, ProbeToken token) {
    byte[] mail = mail(account, alias, token);
    String own = account.address().value();
    Envelope envelope = new Envelope(own, List.of(), List.of(own), List.of());
    try {
      SmtpDialogue dialogue = dialogue(account, envelope, mail);
      if (dialogue.reply() == null) {
        return "the server did not answer: " + dialogue.trouble();
      }
      boolean accepted = dialogue.stage() == Stage.END_OF_DATA && dialogue.reply().isPositive();
      return accepted ? null : "the server refused the probe: " + dialogue.reply().text();
    } catch (ConnectionFailed | PoolExhausted | MessagingException e) {
      return "the probe could not be sent: " + e.getMessage();
    }
  }

  /** A pooled connection that turns out to be closed says nothing about the probe. */
  private SmtpDialogue dialogue(Account account, Envelope envelope, byte[] mail)
      throws MessagingException {
    Deadline deadline = connections.attemptDeadline();
    for (int kept = connections.total(); ; kept--) {
      boolean[] reused = new boolean[1];
      SmtpDialogue dialogue =
          connections.use(
              account,
              deadline,
              connection -> {
                reused[0] = connection.isReused();
                return connection.deliver(envelope, out -> out.write(mail));
              });
      if (dialogue.reply() != null || !reused[0] || kept == 0) {
        return dialogue;
      }
    }
  }

  /** RFC 3834 section 5: marked as automatic, so that no autoresponder answers it. */
  private byte[] mail(Account account, EmailAddress alias, ProbeToken token) {
    return String.join(
            "\r\n",
            "From: <" + alias.value() + ">",
            "To: <" + account.address().value() + ">",
            "Subject: " + token.inSubject() + " Test of the sender " + alias.value(),
            "Date: " + DATE.format(clock.instant().atOffset(ZoneOffset.UTC)),
            "Message-ID: <" + UUID.randomUUID() + "@" + alias.domain() + ">",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "Your mail gateway has sent this mail from an alias of this mailbox to test whether",
            "the mail server leaves the sender's address unchanged. You may delete it.",
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
