package org.byoemail.account.receiving;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.format.mail.Ascii;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Tokens;

/**
 * A mail with a forged Authentication-Results field, marked as automatic (RFC 3834 section 5). Its
 * secret is in its subject, and in the field.
 */
record AuthservProbeMail(EmailAddress from, EmailAddress to, String authservId, String token) {
  private static final int BYTES = 16;
  private static final int MAX_SUBJECT = 1000;
  private static final Pattern IN_SUBJECT = Pattern.compile("\\[authserv probe ([0-9a-f]{32})]");
  private static final String UTF_8 = "UTF-8";
  private static final String TEXT =
      """
      Your mail gateway has sent this mail to your mailbox to test whether the mail
      server removes forged Authentication-Results fields. You may delete it.
      """
          .replace("\n", "\r\n");

  static String newToken() {
    return Tokens.hex(BYTES);
  }

  /** The secret in a subject; empty if absent. */
  static Optional<String> token(String subject) {
    Matcher found =
        IN_SUBJECT.matcher(subject.substring(0, Math.min(subject.length(), MAX_SUBJECT)));
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  MimeMessage composed(Instant sentAt) throws MessagingException {
    boolean ascii = Ascii.isAll(from.value()) && Ascii.isAll(to.value());
    Session session = ascii ? null : SmtpUtf8Addresses.mailSession();
    MimeMessage mail = new MimeMessage(session);
    mail.setFrom(new InternetAddress(from.value()));
    mail.setRecipient(RecipientType.TO, new InternetAddress(to.value()));
    mail.setSubject("[authserv probe " + token + "] Test of the receiving server", UTF_8);
    mail.setSentDate(Date.from(sentAt));
    mail.setText(TEXT, UTF_8);
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.saveChanges();
    // Saving would replace it.
    mail.setHeader("Message-ID", "<" + UUID.randomUUID() + "@" + from.domain() + ">");
    mail.setHeader(
        "Authentication-Results",
        authservId + ";\r\n dmarc=pass (probe " + token + ") header.from=" + from.domain());
    return mail;
  }

  /** Not the token. */
  @Override
  public String toString() {
    return "probe of " + authservId;
  }
}
