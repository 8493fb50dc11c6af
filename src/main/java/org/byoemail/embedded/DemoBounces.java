package org.byoemail.embedded;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MailDateFormat;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.Date;
import java.util.UUID;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.eclipse.angus.mail.dsn.MessageHeaders;
import org.eclipse.angus.mail.dsn.MultipartReport;

/** Writes delivery reports (RFC 3464, RFC 6522) with the headers of the mail that was sent. */
final class DemoBounces {
  private final String domain;
  private final Clock clock;

  DemoBounces(String domain, Clock clock) {
    this.domain = domain;
    this.clock = clock;
  }

  /** The report that a mail could not be delivered to this recipient. */
  MimeMessage report(
      MimeMessage returned, String sender, String recipient, DemoTestAddress.Refusal refusal)
      throws MessagingException, IOException {
    return report(
        returned,
        sender,
        recipient,
        new Outcome(
            "failed",
            refusal.status(),
            refusal.reply(recipient),
            "Undelivered Mail Returned to Sender",
            "could not be delivered to the following address. It is\nreturned because the problem is permanent."));
  }

  /** The report that a mail is still to be delivered to this recipient. */
  MimeMessage delay(MimeMessage returned, String sender, String recipient)
      throws MessagingException, IOException {
    return report(
        returned,
        sender,
        recipient,
        new Outcome(
            "delayed",
            "4.4.1",
            "451 4.4.1 <" + recipient + ">: Connection timed out",
            "Delayed Mail (still being retried)",
            "could not be delivered to the following address yet. It will\nbe tried again."));
  }

  /** The report that a mail was delivered to this recipient. */
  MimeMessage delivery(MimeMessage returned, String sender, String recipient)
      throws MessagingException, IOException {
    return report(
        returned,
        sender,
        recipient,
        new Outcome(
            "delivered",
            "2.1.5",
            "250 2.1.5 <" + recipient + ">: Delivered",
            "Successful Mail Delivery Report",
            "was delivered to the following address."));
  }

  /** What a report says of a recipient. */
  private record Outcome(
      String action, String status, String reply, String subject, String words) {}

  private MimeMessage report(MimeMessage returned, String sender, String recipient, Outcome outcome)
      throws MessagingException, IOException {
    Date now = Date.from(clock.instant());
    MimeMessage report = new MimeMessage((Session) null);
    // RFC 3834 section 2, RFC 5321 section 4.5.5: the empty sender, so that nothing answers it.
    report.setHeader("Return-Path", "<>");
    report.setFrom(new InternetAddress("MAILER-DAEMON@" + domain, "Mail Delivery System"));
    report.setRecipient(Message.RecipientType.TO, new InternetAddress(sender));
    report.setSubject(outcome.subject());
    report.setSentDate(now);
    report.setHeader("Auto-Submitted", "auto-replied");
    MultipartReport parts =
        new MultipartReport(text(recipient, outcome), status(now, recipient, outcome));
    parts.setReturnedMessage(new ReturnedHeaders(returned));
    report.setContent(parts);
    report.saveChanges();
    report.setHeader("Message-ID", "<" + UUID.randomUUID() + "@" + domain + ">");
    return asReceived(report);
  }

  private String text(String recipient, Outcome outcome) {
    return """
        This is the mail system at %s.

        Your message %s

        <%s>: %s
        """
        .formatted(domain, outcome.words(), recipient, outcome.reply());
  }

  private DeliveryStatus status(Date now, String recipient, Outcome outcome)
      throws MessagingException {
    InternetHeaders message = new InternetHeaders();
    message.addHeader("Reporting-MTA", "dns; " + domain);
    message.addHeader("Arrival-Date", new MailDateFormat().format(now));
    InternetHeaders one = new InternetHeaders();
    one.addHeader("Final-Recipient", "rfc822; " + recipient);
    one.addHeader("Original-Recipient", "rfc822; " + recipient);
    one.addHeader("Action", outcome.action());
    one.addHeader("Status", outcome.status());
    one.addHeader("Diagnostic-Code", "smtp; " + outcome.reply());
    DeliveryStatus status = new DeliveryStatus();
    status.setMessageDSN(message);
    status.addRecipientDSN(one);
    return status;
  }

  // As a client will parse it, and not as objects that happen to be equal.
  private static MimeMessage asReceived(MimeMessage report) throws MessagingException, IOException {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    report.writeTo(raw);
    return new MimeMessage((Session) null, new ByteArrayInputStream(raw.toByteArray()));
  }

  /** The headers as they came. */
  private static final class ReturnedHeaders extends MessageHeaders {

    ReturnedHeaders(MimeMessage returned) throws MessagingException {
      super(new InternetHeaders());
      headers = new InternetHeaders();
      Collections.list(returned.getAllHeaderLines()).forEach(headers::addHeaderLine);
    }

    // The library would give them a Message-ID and a date of now.
    @Override
    protected void updateHeaders() {}
  }
}
