package org.byoemail.format.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailHeadersTest {
  private final MailParser parser = new MailParser();

  private MailHeaders parse(String header) {
    return parser.parseHeader(header.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | plain",
        "=?UTF-8?Q?caf=C3=A9?= | café",
        "=?utf-8?B?Y2Fmw6k=?= | café",
        "=?UTF-8*fr?q?caf=C3=A9?= ok | café ok",
        "=?utf-8?Q?a?= =?utf-8?Q?b?= c | ab c",
        "=?utf-8?Q?caf=C3?=   =?utf-8?Q?=A9?= | café",
        "=?utf-8?B?Y2Fmw?= =?utf-8?B?6k=?= | café",
        "=?utf-8?B?Y2Fmw6k | café",
        "=?utf-8?Q?two words?= | two words",
        "=?windows-1252?Q?=80?= =?utf-8?Q?_=E2=82=AC?= | € €",
        "=?no-such?Q?caf=C3=A9?= | café",
        "=?utf-8?X?abc?= | =?utf-8?X?abc?=",
        "a =?= b | a =?= b",
        "=?utf-8?Q?bad=ZZ?= | bad=ZZ",
        "grüße | grüße",
        "=?utf-8?Q?raw 😀 inside?= | raw 😀 inside",
      })
  void encodedWordsAreDecoded(String value, String text) {
    assertThat(parse("Subject: " + value).subject()).isEqualTo(text);
  }

  @Test
  void eightBitFieldInAnOldCharsetIsRead() {
    byte[] header = "Subject: grüße\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(parser.parseHeader(header).subject()).isEqualTo("grüße");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a@example.org | '' | a@example.org",
        "<a@example.org> | '' | a@example.org",
        "A B <a@example.org> | A B | a@example.org",
        "\"B, A\" <a@example.org> | B, A | a@example.org",
        "B, A <a@example.org> | B, A | a@example.org",
        "\"a \\\"x\\\" b\" <a@example.org> | a \"x\" b | a@example.org",
        "a@example.org (A (real) B) | A (real) B | a@example.org",
        "=?utf-8?Q?B=2C_A?= <a@example.org> | B, A | a@example.org",
        "\"=?utf-8?Q?caf=C3=A9?=\" <a@example.org> | café | a@example.org",
        "<@relay.example:a@example.org> | '' | a@example.org",
        "<mailto:a@example.org> | '' | a@example.org",
        "\"a b\"@example.org | '' | \"a b\"@example.org",
        "a@example.org> | '' | a@example.org",
        "A B\t<a@example.org> | A B | a@example.org",
        "A <a@münchen.example> | A | a@xn--mnchen-3ya.example",
      })
  void addressesAreRead(String field, String name, String address) {
    assertThat(parse("From: " + field).from())
        .contains(new NamedAddress(name, EmailAddress.parse(address)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"undisclosed-recipients:;", "nobody", "<>", "@", "a@", "<", "(("})
  void whatIsNoAddressIsLeftOut(String field) {
    assertThat(parse("To: " + field + "\nTo: b@example.org").to())
        .extracting(to -> to.address().value())
        .containsExactly("b@example.org");
  }

  @Test
  void nameOfAnAuthorWithoutAnAddressIsKept() {
    MailHeaders headers = parse("From: Mail Delivery System");

    assertThat(headers.from()).isEmpty();
    assertThat(headers.fromName()).isEqualTo("Mail Delivery System");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Tue, 24 Nov 2026 01:47:00 +0100 | 2026-11-24T00:47:00Z",
        "24 Nov 2026 01:47 GMT | 2026-11-24T01:47:00Z",
        "Tue, 24 Nov 26 01:47:60 EST | 2026-11-24T06:47:59Z",
        "Wednesday, 24-Nov-2026 01:47:00 -0330 (NST) | 2026-11-24T05:17:00Z",
        "Tue Nov 24 01:47:00 2026 | 2026-11-24T01:47:00Z",
        "2026-11-24T01:47:00+01:00 | 2026-11-24T00:47:00Z",
      })
  void datesAreRead(String field, Instant date) {
    assertThat(parse("Date: " + field).date()).contains(date);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "32 Nov 2026 01:47:00 +0000",
        "1 Abc 2026 01:47:00",
        "1 Nov 2026 99:99:99",
        "1 Nov 2026 01:02:03 +9999",
        "99999999999",
      })
  void impossibleDatesAreEmpty(String field) {
    assertThat(parse("Date: " + field).date()).isEmpty();
  }

  @Test
  void fingerprintIsTheSameHoweverTheHeaderIsFolded() {
    MailHeaders one = parse("Message-ID: <1@x>\nTo: a@example.org, b@example.org\nSubject: x y\n");
    MailHeaders other =
        parse(
            "Subject:  x\r\n\ty\r\nTo: a@example.org,\r\n b@example.org\r\nMessage-Id: <1@x>\r\n");

    assertThat(one.fingerprint()).hasSize(32).isEqualTo(other.fingerprint());
  }

  @Test
  void fingerprintTellsMailsApart() {
    MailHeaders one = parse("To: a@example.org\nSubject: b");

    assertThat(one.fingerprint())
        .isNotEqualTo(parse("To: a@example.org\nSubject: c").fingerprint());
    assertThat(parse("From: a").fingerprint()).isNotEqualTo(parse("To: a").fingerprint());
  }

  @Test
  void headerAloneSaysTheSameAsTheWholeMail() {
    String header = "Return-Path: <>\nFrom: a@example.org\nSubject: x\n y\n\n";

    MailHeaders alone = parse(header);
    MailHeaders whole = parser.parse((header + "body: text\n").getBytes()).headers();

    assertThat(alone).isEqualTo(whole);
    assertThat(alone.hasNullSender()).isTrue();
    assertThat(alone.returnPath()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Auto-Submitted: auto-replied | REPLIED",
        "Auto-Submitted: auto-replied (vacation) | REPLIED",
        "X-Autoreply: yes | REPLIED",
        "Precedence: auto_reply | REPLIED",
        "X-Apple-Action: vacation | REPLIED",
        "X-Autogenerated: Reply | REPLIED",
        "X-Autogenerated: Forward | NO",
        "Auto-Submitted: auto-generated; x=y | GENERATED",
        "Precedence: bulk | GENERATED",
        "X-Auto-Response-Suppress: DR, AutoReply | GENERATED",
        "X-Auto-Response-Suppress: DR | NO",
        "Return-Path: <> | GENERATED",
        "Auto-Submitted: no | NO",
        "Auto-Submitted: No | NO",
        "Subject: hello | NO",
      })
  void machinesAreTold(String header, AutoSubmitted expected) {
    assertThat(parse(header).autoSubmitted()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"List-Id: <l.example>", "Precedence: list", "List-Unsubscribe: <http://x>"})
  void listMailIsTold(String header) {
    assertThat(parse(header).isListMail()).isTrue();
  }

  @Test
  void personalMailIsNoListMail() {
    assertThat(parse("From: a@example.org\nPrecedence: bulk").isListMail()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Return-Path: <>",
        "Content-Type: Multipart/Report; report-type=delivery-status",
        "From: MAILER-DAEMON@example.org",
        "From: Mail Delivery <postmaster@example.org>",
        "From: <>",
        "From: post_master@example.org",
        "Auto-Submitted: auto-generated",
        "X-Failed-Recipients: a@example.org",
      })
  void reportsAreSuspected(String header) {
    assertThat(parse(header).mayBeReport()).isTrue();
  }

  @Test
  void personalMailIsNoReport() {
    MailHeaders headers =
        parse(
            """
            Return-Path: <a@example.org>
            From: "Post Master" <a@example.org>
            Auto-Submitted: no
            Content-Type: multipart/mixed; boundary=report
            """);

    assertThat(headers.mayBeReport()).isFalse();
  }
}
