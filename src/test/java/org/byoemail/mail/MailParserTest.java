package org.byoemail.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

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
        .extracting(Attachment::name, Attachment::contentType, Attachment::inline, Attachment::size)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("logo.png", "image/png", true, 8L),
            org.assertj.core.groups.Tuple.tuple("Résumé.pdf", "application/pdf", false, 5L));
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
}
