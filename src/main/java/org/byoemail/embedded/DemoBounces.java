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

/**
 * Writes the delivery reports (RFC 3464, RFC 6522) that a mail server sends for an address without
 * a mailbox, with the headers of the returned mail.
 */
final class DemoBounces {
  private final String domain;
  private final Clock clock;

  DemoBounces(String domain, Clock clock) {
    this.domain = domain;
    this.clock = clock;
  }

  /** The report that a mail could not be delivered to this recipient. */
  MimeMessage report(MimeMessage returned, String sender, String recipient)
      throws MessagingException, IOException {
    Date now = Date.from(clock.instant());
    String reply = "550 5.1.1 <" + recipient + ">: Recipient address rejected: User unknown";
    MimeMessage report = new MimeMessage((Session) null);
    // RFC 3834 section 2, RFC 5321 section 4.5.5: the empty sender, so that nothing answers it.
    report.setHeader("Return-Path", "<>");
    report.setFrom(new InternetAddress("MAILER-DAEMON@" + domain, "Mail Delivery System"));
    report.setRecipient(Message.RecipientType.TO, new InternetAddress(sender));
    report.setSubject("Undelivered Mail Returned to Sender");
    report.setSentDate(now);
    report.setHeader("Auto-Submitted", "auto-replied");
    MultipartReport parts =
        new MultipartReport(text(recipient, reply), status(now, recipient, reply));
    parts.setReturnedMessage(new ReturnedHeaders(returned));
    report.setContent(parts);
    report.saveChanges();
    report.setHeader("Message-ID", "<" + UUID.randomUUID() + "@" + domain + ">");
    return asReceived(report);
  }

  private String text(String recipient, String reply) {
    return """
        This is the mail system at %s.

        Your message could not be delivered to the following address. It is
        returned because the problem is permanent.

        <%s>: %s
        """
        .formatted(domain, recipient, reply);
  }

  private DeliveryStatus status(Date now, String recipient, String reply)
      throws MessagingException {
    InternetHeaders message = new InternetHeaders();
    message.addHeader("Reporting-MTA", "dns; " + domain);
    message.addHeader("Arrival-Date", new MailDateFormat().format(now));
    InternetHeaders failed = new InternetHeaders();
    failed.addHeader("Final-Recipient", "rfc822; " + recipient);
    failed.addHeader("Original-Recipient", "rfc822; " + recipient);
    failed.addHeader("Action", "failed");
    failed.addHeader("Status", "5.1.1");
    failed.addHeader("Diagnostic-Code", "smtp; " + reply);
    DeliveryStatus status = new DeliveryStatus();
    status.setMessageDSN(message);
    status.addRecipientDSN(failed);
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
