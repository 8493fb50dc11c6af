package org.byoemail.embedded;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MailDateFormat;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes what comes back for a mail other than delivery reports: answers and complaints. */
final class DemoAnswers {
  private static final String BOUNDARY = "=_demo-complaint";

  private final String domain;
  private final Clock clock;

  DemoAnswers(String domain, Clock clock) {
    this.domain = domain;
    this.clock = clock;
  }

  /** A person's answer. */
  MimeMessage reply(MimeMessage mail, String sender, String recipient) throws MessagingException {
    return answer(mail, sender, recipient, "", "Thank you, I have read your mail.");
  }

  /** An answer without a person (RFC 3834). */
  MimeMessage autoReply(MimeMessage mail, String sender, String recipient)
      throws MessagingException {
    return answer(
        mail,
        sender,
        recipient,
        "Auto-Submitted: auto-replied\r\n",
        "I am out of the office, and will read your mail next week.");
  }

  private MimeMessage answer(
      MimeMessage mail, String sender, String recipient, String field, String text)
      throws MessagingException {
    String subject = mail.getSubject() == null ? "" : mail.getSubject();
    return parsed(
        head(recipient, sender, (field.isEmpty() ? "Re: " : "Automatic reply: ") + subject)
            + field
            + references(mail.getMessageID())
            + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            + text
            + "\r\n");
  }

  /** A complaint about spam (RFC 5965), with the header of the mail. */
  MimeMessage complaint(MimeMessage mail, String sender, String recipient)
      throws MessagingException {
    String part = "\r\n--" + BOUNDARY + "\r\nContent-Type: ";
    return parsed(
        head("complaints@" + domain, sender, "Complaint about a mail to " + recipient)
            + "Content-Type: multipart/report; report-type=feedback-report; boundary=\""
            + BOUNDARY
            + "\"\r\n"
            + part
            + "text/plain\r\n\r\nThe recipient has reported this mail as spam.\r\n"
            + part
            + "message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: BYO-Demo/1\r\nVersion: 1\r\n"
            + "Original-Mail-From: <"
            + sender
            + ">\r\nOriginal-Rcpt-To: <"
            + recipient
            + ">\r\n"
            + part
            + "text/rfc822-headers\r\n\r\n"
            + String.join("\r\n", lines(mail))
            + "\r\n\r\n--"
            + BOUNDARY
            + "--\r\n");
  }

  private static List<String> lines(MimeMessage mail) throws MessagingException {
    return Collections.list(mail.getAllHeaderLines());
  }

  private String head(String from, String to, String subject) {
    return "Return-Path: <"
        + from
        + ">\r\nFrom: "
        + from
        + "\r\nTo: "
        + to
        + "\r\nSubject: "
        + encoded(subject)
        + "\r\nDate: "
        + new MailDateFormat().format(Date.from(clock.instant()))
        + "\r\nMessage-ID: <"
        + UUID.randomUUID()
        + "@"
        + domain
        + ">\r\nMIME-Version: 1.0\r\n";
  }

  private static String encoded(String subject) {
    try {
      return MimeUtility.encodeText(subject.replaceAll("\\p{Cntrl}+", " "), "utf-8", "Q");
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform has UTF-8", e);
    }
  }

  private static String references(@Nullable String messageId) {
    return messageId == null
        ? ""
        : "In-Reply-To: " + messageId + "\r\nReferences: " + messageId + "\r\n";
  }

  private static MimeMessage parsed(String mail) throws MessagingException {
    return new MimeMessage(
        (Session) null, new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8)));
  }
}
