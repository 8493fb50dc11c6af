package org.byoemail.account.connection;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Locale;
import org.byoemail.format.mail.Ascii;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;

/**
 * A plain text that the gateway itself writes to one recipient, marked as automatic (RFC 3834).
 *
 * @param date the value of its Date field
 */
public record GatewayMail(
    NamedAddress from, EmailAddress to, String subject, String text, Instant date) {
  private static final String UTF_8 = "UTF-8";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Formats a time for such a text. */
  public static String time(Instant time) {
    return TIME.format(time);
  }

  /**
   * The mail, saved.
   *
   * @param uniquePart of its Message-ID, before the @
   */
  public MimeMessage composed(String uniquePart) throws MessagingException {
    boolean ascii = Ascii.isAll(from.address().value()) && Ascii.isAll(to.value());
    Session session = ascii ? null : SmtpUtf8Addresses.mailSession();
    MimeMessage mail = new MimeMessage(session);
    try {
      mail.setFrom(new InternetAddress(from.address().value(), from.name(), UTF_8));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform has UTF-8", e);
    }
    mail.setRecipient(RecipientType.TO, new InternetAddress(to.value()));
    mail.setSubject(subject, UTF_8);
    mail.setSentDate(Date.from(date));
    mail.setText(text, UTF_8);
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.saveChanges();
    // Saving the mail would replace the Message-ID.
    mail.setHeader("Message-ID", "<" + uniquePart + "@" + from.address().domain() + ">");
    return mail;
  }
}
