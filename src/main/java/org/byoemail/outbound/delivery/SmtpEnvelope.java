package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.connection.Envelope;
import org.byoemail.account.connection.SmtpConnection;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of a mail, with the parameters that a server's extensions allow.
 *
 * @param content the mail
 * @param refusal why this server cannot accept it; null: it may
 */
record SmtpEnvelope(Envelope envelope, SmtpConnection.Content content, @Nullable Rejected refusal) {

  /**
   * RFC 3461: reports of failure and delay are asked for, with headers only. RFC 1870: the size is
   * told. RFC 6152: a mail with 8-bit octets says so. RFC 6531: so does one that cannot do without
   * UTF-8; others do not, or a further server without it would have to return them.
   *
   * @throws MessagingException if the mail cannot be read
   */
  static SmtpEnvelope of(
      OutgoingMail mail, List<EmailAddress> recipients, SmtpConnection connection)
      throws MessagingException {
    List<String> addresses = recipients.stream().map(EmailAddress::mailbox).toList();
    List<String> ofSender = new ArrayList<>();
    List<String> ofRecipients = List.of();
    if (connection.supports(SmtpUtf8Addresses.EXTENSION)
        && SmtpUtf8Addresses.isNeeded(mail, addresses)) {
      ofSender.add(SmtpUtf8Addresses.EXTENSION);
    }
    if (connection.supports("DSN")) {
      ofSender.add("RET=HDRS");
      ofSender.add("ENVID=" + mail.envelopeId());
      ofRecipients =
          List.of(
              mail.wantsSuccessReport() ? "NOTIFY=SUCCESS,FAILURE,DELAY" : "NOTIFY=FAILURE,DELAY");
    }
    SmtpConnection.Content content = out -> MailOctets.write(mail, out);
    Rejected refusal = null;
    if (connection.supports("SIZE")) {
      MailOctets octets = MailOctets.of(mail);
      long most = connection.maxSize();
      if (most > 0 && octets.total() > most) {
        refusal =
            new Rejected(
                "the mail has %,d bytes, and its server takes %,d at most"
                    .formatted(octets.total(), most),
                "5.3.4");
      }
      ofSender.add("SIZE=" + octets.total());
      if (octets.isEightBit() && connection.supports("8BITMIME")) {
        ofSender.add("BODY=8BITMIME");
      }
      content = octets::writeTo;
    }
    String sender = mail.account().address().value();
    return new SmtpEnvelope(
        new Envelope(sender, ofSender, addresses, ofRecipients), content, refusal);
  }
}
