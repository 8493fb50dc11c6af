package org.byoemail.format.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailParserTest {
  private final MailParser parser = new MailParser();

  private ParsedMail parse(String mail) {
    return parser.parse(mail.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void plainMailIsReadWhole() {
    ParsedMail mail =
        parse(
            """
            Return-Path: <jane@example.org>
            From: =?UTF-8?Q?Jane_M=C3=BCller?= <Jane@Example.org>
            Reply-To: answers@example.org
            To: "Doe, Bob" <bob@example.com>, carol@example.com (Carol)
            Cc: friends: dave@example.com, <erin@example.com>;
            Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IGF1cyBXaWVu?=
            Date: Tue, 24 Nov 2026 01:47:00 +0100 (CET)
            Message-ID: <1@example.org>
            In-Reply-To: <0@example.com>
            References: <a@example.com>
             <0@example.com>

            Hello Bob,

            see you.
            """);

    MailHeaders headers = mail.headers();
    assertThat(headers.from())
        .contains(new NamedAddress("Jane Müller", EmailAddress.parse("jane@example.org")));
    assertThat(headers.replyTo())
        .containsExactly(new NamedAddress("", EmailAddress.parse("answers@example.org")));
    assertThat(headers.to())
        .containsExactly(
            new NamedAddress("Doe, Bob", EmailAddress.parse("bob@example.com")),
            new NamedAddress("Carol", EmailAddress.parse("carol@example.com")));
    assertThat(headers.cc())
        .extracting(a -> a.address().value())
        .containsExactly("dave@example.com", "erin@example.com");
    assertThat(headers.subject()).isEqualTo("Grüße aus Wien");
    assertThat(headers.date()).contains(Instant.parse("2026-11-24T00:47:00Z"));
    assertThat(headers.messageId()).contains(new MessageId("1@example.org"));
    assertThat(headers.inReplyTo()).contains(new MessageId("0@example.com"));
    assertThat(headers.references())
        .containsExactly(new MessageId("a@example.com"), new MessageId("0@example.com"));
    assertThat(headers.returnPath()).contains(EmailAddress.parse("jane@example.org"));
    assertThat(headers.hasNullSender()).isFalse();
    assertThat(mail.text()).isEqualTo("Hello Bob,\n\nsee you.\n");
    assertThat(mail.html()).isEmpty();
    assertThat(mail.attachments()).isEmpty();
    assertThat(mail.problems()).isEmpty();
  }

  @Test
  void plainTextIsPreferredAndHtmlKept() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: multipart/related; boundary="rel"

            --rel
            Content-Type: multipart/alternative; boundary="alt"

            --alt
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC=
            =C3=9Fe
            --alt
            Content-Type: text/html; charset=utf-8

            <p>Grüße <img src="cid:logo"></p>
            --alt--
            --rel
            Content-Type: image/png; name="logo.png"
            Content-ID: <logo>
            Content-Transfer-Encoding: base64

            iVBORw0KGgo=
            --rel--
            --outer
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf
            Content-Transfer-Encoding: base64

            JVBERi0=
            --outer--
            """);

    assertThat(mail.text()).isEqualTo("Grüße");
    assertThat(mail.html()).contains("<p>Grüße <img src=\"cid:logo\"></p>");
    assertThat(mail.attachments())
        .extracting(
            ParsedAttachment::name,
            ParsedAttachment::contentType,
            ParsedAttachment::inline,
            ParsedAttachment::size)
        .containsExactly(
            tuple("logo.png", "image/png", true, 8L),
            tuple("Résumé.pdf", "application/pdf", false, 5L));
    assertThat(mail.attachments().get(0).contentId()).contains("logo");
    assertThat(mail.attachments().get(1).part().bytes()).asString().isEqualTo("%PDF-");
    assertThat(mail.problems()).isEmpty();
  }

  @Test
  void htmlAloneIsTurnedIntoText() {
    ParsedMail mail =
        parse(
            """
            Content-Type: text/html; charset=windows-1252

            <html><head><title>no</title><style>p {}</style></head><body>
            <p>Dear   Bob,</p><ul><li>one</li><li>two</li></ul>
            <a href="https://example.org/x">confirm</a><br>bye
            </body></html>
            """);

    assertThat(mail.text())
        .isEqualTo("Dear Bob,\n\n- one\n- two\n\nconfirm <https://example.org/x>\nbye");
  }

  @Test
  void bodyInAnotherCharsetIsDecoded() {
    byte[] mail =
        """
        Content-Type: text/plain; charset="ISO-2022-JP"

        日本語
        """
            .getBytes(Charset.forName("ISO-2022-JP"));

    assertThat(parser.parse(mail).text()).isEqualTo("日本語\n");
  }

  @Test
  void bodiesOfAMixedMailAreJoined() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b

            first <one>
            --b
            Content-Type: text/html

            <b>second</b>
            --b
            Content-Type: text/plain

            third
            --b--
            """);

    assertThat(mail.text()).isEqualTo("first <one>\n\nsecond\n\nthird");
    assertThat(mail.html())
        .contains("<pre>first &lt;one&gt;</pre>\n<b>second</b>\n<pre>third</pre>");
    assertThat(mail.attachments()).isEmpty();
  }

  @Test
  void textsWithANameOrADispositionAreAttachments() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain

            body
            --b
            Content-Type: text/plain; name="notes.txt"

            named
            --b
            Content-Type: text/html
            Content-Disposition: attachment

            <p>attached</p>
            --b
            Content-Type: message/rfc822

            From: a@example.org
            Content-Type: text/plain

            not body
            --b--
            """);

    assertThat(mail.text()).isEqualTo("body");
    assertThat(mail.html()).isEmpty();
    assertThat(mail.attachments())
        .extracting(ParsedAttachment::name)
        .containsExactly("notes.txt", "attachment-2.html", "message-3.eml");
    assertThat(mail.attachments().get(2).part().children().get(0).text()).isEqualTo("not body");
  }

  @Test
  void invitationBesideTheTextIsAnAttachment() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            Meeting
            --b
            Content-Type: text/html

            <p>Meeting</p>
            --b
            Content-Type: text/calendar; method=REQUEST

            BEGIN:VCALENDAR
            --b--
            """);

    assertThat(mail.text()).isEqualTo("Meeting");
    assertThat(mail.attachments())
        .extracting(ParsedAttachment::name)
        .containsExactly("attachment-1.ics");
  }

  @Test
  void emptyPlainTextGivesWayToTheHtml() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            \s
            --b
            Content-Type: text/html

            <p>real</p>
            --b--
            """);

    assertThat(mail.text()).isEqualTo("real");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "filename=a.pdf | a.pdf",
        "filename=\"a b.pdf\"; size=3 | a b.pdf",
        "filename=a b (1).pdf | a b (1).pdf",
        "filename=\"a\\\"b.pdf\" | a\"b.pdf",
        "filename=\"C:\\temp\\a.pdf\" | a.pdf",
        "filename=../../etc/passwd | passwd",
        "filename=\"a;b.pdf\" | a;b.pdf",
        "filename=\"no end.pdf | no end.pdf",
        "filename*=UTF-8''caf%C3%A9.pdf | café.pdf",
        "filename*=iso-8859-1'fr'caf%E9.pdf | café.pdf",
        "filename=cafe.pdf; filename*=UTF-8''caf%C3%A9.pdf | café.pdf",
        "filename*0=long-; filename*1=\"name.pdf\" | long-name.pdf",
        "filename*1*=%A9.pdf; filename*0*=UTF-8''caf%C3 | café.pdf",
        "filename*0*=UTF-8''caf%C3%A9; filename*1=%41.pdf | café%41.pdf",
        "filename*=no-such''caf%C3%A9.pdf | café.pdf",
        "filename*=UTF-8''bad%ZZ.pdf | bad%ZZ.pdf",
        "filename=\"=?utf-8?Q?caf=C3=A9.pdf?=\" | café.pdf",
        "filename=\"café.pdf\" | café.pdf",
        "FileName = a.pdf | a.pdf",
        "filename=...hidden | hidden",
        "filename=\"\" | attachment-1.pdf",
      })
  void fileNamesAreRead(String parameters, String name) {
    ParsedMail mail =
        parse(
            "Content-Type: application/pdf\nContent-Disposition: attachment; "
                + parameters
                + "\n\nx");

    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly(name);
  }

  @Test
  void longFileNameKeepsItsExtension() {
    ParsedMail mail =
        parse("Content-Type: application/pdf; name=\"" + "x".repeat(500) + ".pdf\"\n\ny");

    assertThat(mail.attachments().get(0).name()).hasSize(200).endsWith("x.pdf");
  }

  @Test
  void attachmentIsDecodedAsAStreamAndAsAWhole() throws IOException {
    byte[] content = new byte[100_000];
    new Random(3).nextBytes(content);
    String encoded = Base64.getMimeEncoder().encodeToString(content);

    ParsedMail mail =
        parse("Content-Type: image/png\nContent-Transfer-Encoding: BASE64\n\n" + encoded);

    ParsedAttachment attachment = mail.attachments().get(0);
    assertThat(attachment.size()).isEqualTo(content.length);
    assertThat(attachment.open().readAllBytes()).isEqualTo(content);
    assertThat(attachment.part().bytes()).isEqualTo(content);
  }

  @Test
  void partsTellNothingOfTheMailInLogs() {
    ParsedMail mail = parse("Subject: secret\nContent-Type: text/plain\n\nsecret");

    assertThat(mail.toString() + mail.root() + mail.headers()).doesNotContain("secret");
  }
}
