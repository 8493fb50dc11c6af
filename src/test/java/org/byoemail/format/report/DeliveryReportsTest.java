package org.byoemail.format.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParsedMail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryReportsTest {
  private static final AttemptId ATTEMPT = AttemptId.next();

  private final DeliveryReports reports =
      new DeliveryReports(new OriginalMails(MailClassifier.ATTEMPT_HEADER));

  private static ParsedMail parse(String mail) {
    return new MailParser().parse(mail.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<Classification> read(String mail) {
    return reports.read(parse(mail));
  }

  /** A report as Postfix writes it, around these fields of a delivery-status part. */
  private static String report(String status) {
    return """
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: agent@example.org
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="4F2.17/mx.example.net"

        This is a MIME-encapsulated message.

        --4F2.17/mx.example.net
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not
        be delivered to one or more recipients.

        --4F2.17/mx.example.net
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        """
        + status
        + """

        --4F2.17/mx.example.net
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Return-Path: <agent@example.org>
        From: Agent <agent@example.org>
        To: nobody@example.net, other@example.net
        Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
        Message-ID: <m1@example.org>
        X-Gobii-Message-ID: %s

        --4F2.17/mx.example.net--
        """
            .formatted(ATTEMPT);
  }

  private Classification readStatus(String status) {
    return read(report(status)).orElseThrow();
  }

  @Test
  void failureOfPostfixIsReadWhole() {
    Classification report =
        readStatus(
            """
            Reporting-MTA: dns; mx.example.net
            Original-Envelope-Id: %s
            X-Postfix-Queue-ID: 4F2
            Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000 (UTC)

            Final-Recipient: rfc822; nobody@example.net
            Original-Recipient: rfc822;Nobody@Example.net
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; mail.example.net
            Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.net>: Recipient address
                rejected: User unknown
            """
                .formatted(ATTEMPT));

    assertThat(report.kind()).isEqualTo(MailKind.FAILED);
    assertThat(report.reportingMta()).contains("mx.example.net");
    assertThat(report.originalEnvelopeId()).contains(ATTEMPT.toString());
    assertThat(report.original())
        .isEqualTo(
            new OriginalMail(
                Optional.of(ATTEMPT),
                Optional.of(new MessageId("m1@example.org")),
                Optional.of(EmailAddress.parse("agent@example.org")),
                Optional.of(EmailAddress.parse("nobody@example.net")),
                "Grüße"));
    assertThat(report.recipients()).hasSize(1);
    ReportedRecipient recipient = report.recipients().get(0);
    assertThat(recipient.original()).contains(EmailAddress.parse("nobody@example.net"));
    assertThat(recipient.finalRecipient()).contains(EmailAddress.parse("nobody@example.net"));
    assertThat(recipient.action()).isEqualTo(ReportAction.FAILED);
    assertThat(recipient.status()).contains(new EnhancedStatus(5, 1, 1));
    assertThat(recipient.replyCode()).hasValue(550);
    assertThat(recipient.diagnostic())
        .isEqualTo("550 5.1.1 <nobody@example.net>: Recipient address rejected: User unknown");
  }

  @Test
  void failureOfEximIsRead() {
    Classification report =
        read("""
                Return-path: <>
                X-Failed-Recipients: nobody@example.net
                Auto-Submitted: auto-replied
                From: Mail Delivery System <Mailer-Daemon@mx.example.net>
                To: agent@example.org
                References: <m1@example.org>
                Content-Type: multipart/report; report-type=delivery-status; boundary=1-eximdsn-2
                MIME-Version: 1.0
                Subject: Mail delivery failed: returning message to sender

                --1-eximdsn-2
                Content-type: text/plain; charset=us-ascii

                This message was created automatically by mail delivery software.

                --1-eximdsn-2
                Content-type: message/delivery-status

                Reporting-MTA: dns; mx.example.net

                Action: failed
                Final-Recipient: rfc822;/var/mail/nobody
                Status: 5.0.0
                Remote-MTA: dns; mail.example.net
                Diagnostic-Code: smtp; 550 5.1.10 no such user

                --1-eximdsn-2
                Content-type: message/rfc822

                Return-path: <agent@example.org>
                From: agent@example.org
                To: nobody@example.net
                X-Gobii-Message-ID: %s
                Message-Id: <m1@example.org>

                Hello

                --1-eximdsn-2--
                """
                .formatted(ATTEMPT))
            .orElseThrow();

    assertThat(report.original().attempt()).contains(ATTEMPT);
    assertThat(report.original().messageId()).contains(new MessageId("m1@example.org"));
    ReportedRecipient recipient = report.recipients().get(0);
    assertThat(recipient.finalRecipient()).isEmpty();
    assertThat(recipient.address()).contains(EmailAddress.parse("nobody@example.net"));
    assertThat(recipient.status()).contains(new EnhancedStatus(5, 1, 10));
  }

  @Test
  void failureOfExchangeIsRead() {
    Classification report =
        read("""
                From: Microsoft Outlook
                 <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>
                To: agent@example.org
                Content-Type: multipart/report; report-type=delivery-status;
                \tboundary="guid"
                X-MS-Exchange-Message-Is-Ndr:
                Message-ID: <ndr@example.net>
                In-Reply-To: <m1@example.org>
                Auto-Submitted: auto-replied

                --guid
                Content-Type: multipart/alternative; differences=Content-Type; boundary="alt"

                --alt
                Content-Type: text/plain; charset="us-ascii"

                Delivery has failed to these recipients or groups:

                Original message headers:

                X-Gobii-Message-ID: %s
                From: agent@example.org
                --alt
                Content-Type: text/html; charset="us-ascii"

                <p>Delivery has failed</p>
                --alt--
                --guid
                Content-Type: message/delivery-status

                Reporting-MTA: dns;MAIL01.example.net
                Received-From-MTA: dns;mx.example.net
                Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000

                Final-Recipient: rfc822;nobody@example.net
                Action: failed
                Status: 5.1.10
                Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
                X-Display-Name: Nobody

                --guid--
                """
                .formatted(ATTEMPT))
            .orElseThrow();

    assertThat(report.original().attempt()).contains(ATTEMPT);
    assertThat(report.original().messageId()).contains(new MessageId("m1@example.org"));
    assertThat(report.reportingMta()).contains("MAIL01.example.net");
    assertThat(report.recipients().get(0).replyCode()).hasValue(550);
  }

  @Test
  void failedAndDelayedRecipientsMakeAFailure() {
    Classification report =
        readStatus(
            """
            Reporting-MTA: dns; mx.example.net

            Final-Recipient: rfc822; slow@example.net
            Action: delayed
            Status: 4.4.1

            Final-Recipient: rfc822; nobody@example.net
            Action: failed
            Status: 5.1.1

            Final-Recipient: rfc822; list@example.net
            Action: expanded
            Status: 2.1.5
            """);

    assertThat(report.kind()).isEqualTo(MailKind.FAILED);
    assertThat(report.recipients())
        .extracting(ReportedRecipient::action)
        .containsExactly(ReportAction.DELAYED, ReportAction.FAILED, ReportAction.EXPANDED);
  }

  @ParameterizedTest
  @CsvSource({
    "delayed, DELAYED, DELAYED",
    "Delayed (will retry), DELAYED, DELAYED",
    "delivered, SUCCESS, DELIVERED",
    "deliverable, SUCCESS, DELIVERED",
    "relayed, SUCCESS, RELAYED",
    "expanded, SUCCESS, EXPANDED",
    "FAILED, FAILED, FAILED",
  })
  void actionMakesTheKind(String action, MailKind kind, ReportAction expected) {
    Classification report =
        readStatus("Final-Recipient: rfc822; a@example.net\nAction: " + action + "\n");

    assertThat(report.kind()).isEqualTo(kind);
    assertThat(report.recipients().get(0).action()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "Status: 5.1.1, FAILED",
    "Status: 4.2.2, DELAYED",
    "Diagnostic-Code: smtp; 550 no such user, FAILED",
    "Diagnostic-Code: smtp; 451 later, DELAYED",
  })
  void unknownActionGivesWayToStatusAndReply(String field, ReportAction expected) {
    Classification report =
        readStatus("Final-Recipient: rfc822; a@example.net\nAction: error\n" + field + "\n");

    assertThat(report.recipients().get(0).action()).isEqualTo(expected);
  }

  @Test
  void recipientWithoutAnyOutcomeIsNotTakenForFailed() {
    Optional<Classification> report =
        read(report("Final-Recipient: rfc822; a@example.net\nAction: pondered\n"));

    assertThat(report).isEmpty();
  }

  @Test
  void groupInItsOwnBase64IsRead() {
    String group = "Final-Recipient: rfc822; a@example.net\r\nAction: failed\r\nStatus: 5.2.1\r\n";
    String encoded = Base64.getMimeEncoder().encodeToString(group.getBytes());

    Classification report =
        readStatus(
            "Reporting-MTA: dns; mx.example.net\n\nContent-Type: text/plain\n"
                + "Content-Transfer-Encoding: base64\n\n"
                + encoded
                + "\n");

    assertThat(report.recipients()).hasSize(1);
    assertThat(report.recipients().get(0).status()).contains(new EnhancedStatus(5, 2, 1));
  }

  @Test
  void partInBase64IsRead() {
    String status = "Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.2.1\n";
    String encoded = Base64.getMimeEncoder().encodeToString(status.getBytes());

    Optional<Classification> report =
        read(
            report(encoded)
                .replace(
                    "Content-Type: message/delivery-status",
                    "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64"));

    assertThat(report.orElseThrow().recipients()).hasSize(1);
  }

  @Test
  void groupsWithoutEmptyLinesBetweenThemAreTold() {
    Classification report =
        readStatus(
            """
            Reporting-MTA: dns; mx.example.net
            Final-Recipient: rfc822; a@example.net
            Action: failed
            Status: 5.1.1
            Final-Recipient: rfc822; b@example.net
            Action: delayed
            Status: 4.4.1
            """);

    assertThat(report.reportingMta()).contains("mx.example.net");
    assertThat(report.recipients())
        .extracting(recipient -> recipient.address().orElseThrow().value())
        .containsExactly("a@example.net", "b@example.net");
  }

  @Test
  void fieldsOfOneGroupWithEmptyLinesBetweenThemStayTogether() {
    Classification report =
        readStatus(
            """
            Reporting-MTA: dns; mx.example.net

            Original-Recipient: rfc822; a@example.net

            Final-Recipient: rfc822; b@example.net

            Action: failed
            Status: 5.1.1
            """);

    assertThat(report.recipients()).hasSize(1);
    assertThat(report.recipients().get(0).original()).contains(EmailAddress.parse("a@example.net"));
    assertThat(report.recipients().get(0).finalRecipient())
        .contains(EmailAddress.parse("b@example.net"));
  }

  @Test
  void reportUnderMultipartMixedIsRead() {
    String status = "Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.1.1\n";

    Optional<Classification> report =
        read(
            report(status)
                .replace("multipart/report; report-type=delivery-status", "multipart/mixed"));

    assertThat(report.orElseThrow().original().attempt()).contains(ATTEMPT);
  }

  @Test
  void reportThatLostItsPartsIsRead() {
    Classification report =
        read("""
                From: MAILER-DAEMON@mx.example.net
                Subject: Returned mail

                The following addresses had permanent fatal errors
                <a@example.net>

                Reporting-MTA: dns; mx.example.net

                Final-Recipient: rfc822; a@example.net
                Action: failed
                Status: 5.1.1

                Message-ID: <m1@example.org>
                """)
            .orElseThrow();

    assertThat(report.recipients()).hasSize(1);
    assertThat(report.original().messageId()).contains(new MessageId("m1@example.org"));
  }

  @Test
  void internationalReportIsRead() {
    Classification report =
        read("""
                From: postmaster@example.net
                Content-Type: multipart/report; report-type=delivery-status; boundary=b

                --b
                Content-Type: message/global-delivery-status

                Reporting-MTA: dns; mx.example.net

                Final-Recipient: utf-8; jörg@example.net
                Original-Recipient: utf-8; j\\x{F6}rg@example.net
                Action: failed
                Status: 5.1.1

                --b
                Content-Type: message/global-headers

                Message-ID: <m1@example.org>
                From: agent@example.org
                --b--
                """)
            .orElseThrow();

    ReportedRecipient recipient = report.recipients().get(0);
    assertThat(recipient.original()).contains(EmailAddress.parse("jörg@example.net"));
    assertThat(recipient.finalRecipient()).contains(EmailAddress.parse("jörg@example.net"));
    assertThat(report.original().messageId()).contains(new MessageId("m1@example.org"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rfc822; a@example.net | a@example.net",
        "RFC822;<a@example.net> | a@example.net",
        "a@example.net | a@example.net",
        "rfc822; a+tag@example.net | a+tag@example.net",
        "rfc822; a+2Btag+40example.net | a+tag@example.net",
        "rfc822; @relay.example:a@example.net | a@example.net",
        "rfc822; a@example.net> | a@example.net",
        "rfc822; a@example.net (forwarded) | a@example.net",
        "utf-8; a+2Btag\\x{40}example.net | a+tag@example.net",
      })
  void recipientIsAnAddressInManyForms(String field, String address) {
    assertThat(RecipientFields.address(field)).contains(EmailAddress.parse(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Unix; |/usr/bin/script",
        "rfc822; /var/mail/a",
        "rfc822; \"|/usr/bin/procmail\"",
        "rfc822;",
        "system; unknown",
        "utf-8; \\x{110000}",
      })
  void fileOrProgramIsNoAddress(String field) {
    assertThat(RecipientFields.address(field)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.1.1 no such user | 550",
        "550-5.1.1 no such user | 550",
        "host mx.example.net[192.0.2.250] said: 452 full | 452",
        "550 | 550",
        "250 ok | 250",
      })
  void replyCodeIsFoundInTheDiagnostic(String diagnostic, int code) {
    assertThat(ReplyCodes.find(diagnostic)).hasValue(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "connection timed out", "192.0.2.250 refused", "127", "port 2525 closed"})
  void otherNumbersAreNoReplyCode(String diagnostic) {
    assertThat(ReplyCodes.find(diagnostic)).isEmpty();
  }

  @Test
  void statusThatOnlySaysPermanentGivesWayToTheServersWords() {
    Classification report =
        readStatus(
            """
            Final-Recipient: rfc822; a@example.net
            Action: failed
            Status: 5.0.0
            Diagnostic-Code: smtp; 550 5.7.1 spam
            """);

    assertThat(report.recipients().get(0).status()).contains(new EnhancedStatus(5, 7, 1));
  }

  @Test
  void preciseStatusStays() {
    Classification report =
        readStatus(
            """
            Final-Recipient: rfc822; a@example.net
            Action: failed
            Status: 5.4.7
            Diagnostic-Code: smtp; 451 4.7.1 greylisted
            """);

    assertThat(report.recipients().get(0).status()).contains(new EnhancedStatus(5, 4, 7));
  }

  @Test
  void attemptMayTravelUnderAnotherName() {
    String mail =
        report("Final-Recipient: rfc822; a@example.net\nAction: failed\n")
            .replace("X-Gobii-Message-ID", "X-Attempt");

    assertThat(reports.read(parse(mail)).orElseThrow().original().attempt()).isEmpty();
    assertThat(
            new DeliveryReports(new OriginalMails("X-Attempt"))
                .read(parse(mail))
                .orElseThrow()
                .original()
                .attempt())
        .contains(ATTEMPT);
  }

  @Test
  void attemptThatIsNoIdIsLeftOut() {
    String mail =
        report("Final-Recipient: rfc822; a@example.net\nAction: failed\n")
            .replace(ATTEMPT.toString(), "'; drop table attempts");

    assertThat(read(mail).orElseThrow().original().attempt()).isEmpty();
  }

  @Test
  void reportOnAReportIsAboutTheOuterMail() {
    String inner = report("Final-Recipient: rfc822; inner@example.net\nAction: delayed\n");
    Classification report =
        read("""
                From: MAILER-DAEMON@mx.example.net
                Content-Type: multipart/report; report-type=delivery-status; boundary=b

                --b
                Content-Type: message/delivery-status

                Final-Recipient: rfc822; outer@example.net
                Action: failed
                --b
                Content-Type: message/rfc822

                """
                + inner
                + "\n--b--\n")
            .orElseThrow();

    assertThat(report.recipients())
        .extracting(recipient -> recipient.address().orElseThrow().value())
        .containsExactly("outer@example.net");
    assertThat(report.original().subject()).isEqualTo("Undelivered Mail Returned to Sender");
  }

  @Test
  void forwardedReportIsNoReport() {
    Optional<Classification> report =
        read(
            """
            Return-Path: <person@example.org>
            From: person@example.org
            Subject: Fwd: Undelivered Mail
            Content-Type: multipart/mixed; boundary=b

            --b

            See below.
            --b
            Content-Type: message/delivery-status

            Final-Recipient: rfc822; a@example.net
            Action: failed
            Status: 5.1.1
            --b--
            """);

    assertThat(report).isEmpty();
  }

  @Test
  void readReceiptIsNoDeliveryReport() {
    Optional<Classification> report =
        read(
            """
            From: person@example.net
            Content-Type: multipart/report; report-type=disposition-notification; boundary=b

            --b

            Your message was displayed.
            --b
            Content-Type: message/disposition-notification

            Final-Recipient: rfc822; person@example.net
            Disposition: manual-action/MDN-sent-manually; displayed
            --b--
            """);

    assertThat(report).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\n", " ", "A", "Action: failed\n", "Final-Recipient: rfc822;a@b.example\n"})
  void hostileReportIsReadInTime(String unit) {
    String mail = report(unit.repeat((3 << 20) / unit.length()));

    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertThat(read(mail)).isEmpty());
  }

  @Test
  void reportNamesALimitedNumberOfRecipients() {
    Classification report =
        readStatus("Final-Recipient: rfc822; a@example.net\nAction: failed\n\n".repeat(5_000));

    assertThat(report.recipients()).hasSize(1_000);
  }
}
