package org.byoemail.account.alias;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.format.mail.Ascii;
import org.byoemail.format.mail.EmailAddress;

/** A probe: from the address that is probed, marked as automatic (RFC 3834 section 5). */
record ProbeMail(EmailAddress from, EmailAddress to, ProbeToken token, Instant sentAt) {
  private static final String UTF_8 = "UTF-8";
  private static final String TEXT =
      """
      Your mail gateway has sent this mail to your mailbox to test whether the mail
      server leaves the sender's address unchanged. You may delete it.
      """
          .replace("\n", "\r\n");

  MimeMessage composed() throws MessagingException {
    boolean ascii = Ascii.isAll(from.value()) && Ascii.isAll(to.value());
    Session session = ascii ? null : SmtpUtf8Addresses.mailSession();
    MimeMessage mail = new MimeMessage(session);
    mail.setFrom(new InternetAddress(from.value()));
    mail.setRecipient(RecipientType.TO, new InternetAddress(to.value()));
    mail.setSubject(token.inSubject() + " Test of a sender's address", UTF_8);
    mail.setSentDate(Date.from(sentAt));
    mail.setText(TEXT, UTF_8);
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.saveChanges();
    // Saving would replace it.
    mail.setHeader("Message-ID", "<" + UUID.randomUUID() + "@" + from.domain() + ">");
    return mail;
  }
}
