package org.byoemail.outbound.delivery;

import jakarta.mail.internet.MimeMessage;
import org.byoemail.account.connection.GatewayMailSender;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends mails that the gateway itself composes, by a transport of the platform. They are not
 * messages: nothing of them is stored. Waits for the server; holds no database connection. Safe for
 * use by many threads.
 */
@Component
public class PlatformMails {
  private final PlatformTransports transports;
  private final PlatformRelay relay;
  private final GatewayMailSender smtp;
  private final PostmarkSender postmark;

  PlatformMails(
      PlatformTransports transports,
      PlatformRelay relay,
      GatewayMailSender smtp,
      PostmarkSender postmark) {
    this.transports = transports;
    this.relay = relay;
    this.smtp = smtp;
    this.postmark = postmark;
  }

  /** Whether the platform has a transport. */
  public boolean isConfigured() {
    return transports.isAny();
  }

  /** Why no mail can be sent from an address at present; null if mail can be sent. */
  public @Nullable String obstacle(EmailAddress from) {
    return obstacle(transports.ofPlatform(from).orElse(null));
  }

  private @Nullable String obstacle(@Nullable Transport transport) {
    if (transport == null) {
      return "the platform has no transport: set byo.transport.relay or byo.transport.postmark";
    }
    return transports.waiting(transport).isPresent()
        ? "the transport " + transport.word() + " fails as a whole, and is tried again later"
        : null;
  }

  /**
   * Sends a plain text to one recipient.
   *
   * @param mail with From, To, Subject and Message-ID, saved
   * @return why it was not accepted; null if it was
   */
  public @Nullable String send(MimeMessage mail, EmailAddress from, EmailAddress to) {
    Transport transport = transports.ofPlatform(from).orElse(null);
    String obstacle = obstacle(transport);
    if (obstacle != null) {
      return obstacle;
    }
    return transport == Transport.POSTMARK
        ? postmark.send(mail, to)
        : smtp.send(relay.of(from), mail, to.value());
  }
}
