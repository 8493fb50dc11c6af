package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.OutputStream;
import org.byoemail.account.connection.SmtpConnection;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.jspecify.annotations.Nullable;

/** What MAIL FROM and RCPT TO say beside the addresses, as far as the server offers it. */
final class SmtpEnvelope {
  private SmtpEnvelope() {}

  /**
   * Sets the parameters. RFC 3461: reports of failure and delay are asked for, with headers only.
   * RFC 1870: the size is told. RFC 6152: a mail with 8-bit octets says so.
   *
   * @return why it need not be offered to this server; null: it may be
   * @throws MessagingException where the mail cannot be read: trouble of ours
   */
  static @Nullable Rejected prepare(OutgoingMail mail, SmtpConnection connection)
      throws MessagingException {
    mail.setEnvelopeFrom(mail.account().address().value());
    mail.setSendPartial(true);
    StringBuilder extension = new StringBuilder();
    if (connection.supports("DSN")) {
      int success = mail.wantsSuccessReport() ? SMTPMessage.NOTIFY_SUCCESS : 0;
      mail.setNotifyOptions(success | SMTPMessage.NOTIFY_FAILURE | SMTPMessage.NOTIFY_DELAY);
      mail.setReturnOption(SMTPMessage.RETURN_HDRS);
      extension.append(" ENVID=").append(mail.envelopeId());
    } else {
      mail.setNotifyOptions(0);
      mail.setReturnOption(0);
    }
    if (connection.supports("SIZE")) {
      Octets octets = octets(mail);
      long most = connection.maxSize();
      if (most > 0 && octets.total() > most) {
        return new Rejected(
            "the mail has %,d bytes, and its server takes %,d at most"
                .formatted(octets.total(), most),
            "5.3.4");
      }
      extension.append(" SIZE=").append(octets.total());
      if (octets.eightBit && connection.supports("8BITMIME")) {
        extension.append(" BODY=8BITMIME");
      }
    }
    mail.setMailExtension(extension.isEmpty() ? null : extension.substring(1));
    return null;
  }

  private static Octets octets(OutgoingMail mail) throws MessagingException {
    Octets octets = new Octets();
    try {
      mail.writeTo(octets);
    } catch (IOException e) {
      throw new MessagingException("the mail cannot be read", e);
    }
    return octets;
  }

  private static final class Octets extends OutputStream {
    private long count;
    private boolean eightBit;
    private int last = '\n';

    /** With the line break that ends the last line, if the mail leaves it out. */
    long total() {
      return last == '\n' ? count : count + 2;
    }

    @Override
    public void write(int octet) {
      count++;
      last = octet;
      eightBit |= (octet & 0x80) != 0;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
      count += length;
      last = length > 0 ? octets[offset + length - 1] : last;
      for (int i = offset; i < offset + length; i++) {
        eightBit |= octets[i] < 0;
      }
    }
  }
}
