package org.byoemail.format.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Odd mail of honest senders is read as it was meant, with nothing of it lost. */
class MeantMailTest {
  private static final String CHEERS = "Q2hlZXJzIHRvIGFsbCBvZiB5b3Uh";
  private final MailParser parser = new MailParser();

  private ParsedMail parse(String mail) {
    return parser.parse(mail.getBytes(StandardCharsets.UTF_8));
  }

  private ParsedMail parse(String mail, String charset) {
    return parser.parse(mail.getBytes(Charset.forName(charset)));
  }

  @Test
  void base64ThatGoesOnIsReadToItsEndAndFlagged() {
    ParsedMail text = parse("Content-Transfer-Encoding: base64\n\nb25lIA==\ndHdv\n");
    ParsedMail file =
        parse(
            "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\nb25l\nIA==\ndHdv");
    ParsedMail word = parse("Subject: =?utf-8?B?b25lIA==dHdv?=\n\n");

    assertThat(text.text()).isEqualTo("one two");
    assertThat(file.attachments().get(0).size()).isEqualTo(7);
    assertThat(word.headers().subject()).isEqualTo("one two");
    assertThat(text.problems()).containsExactly(ParseProblems.ENCODING_BROKEN);
    assertThat(file.problems()).containsExactly(ParseProblems.ENCODING_BROKEN);
    assertThat(word.problems()).containsExactly(ParseProblems.ENCODING_BROKEN);
  }

  @Test
  void footerThatAListPutBehindBase64IsLeftOut() {
    ParsedMail mail =
        parse("Content-Transfer-Encoding: base64\n\n" + CHEERS + "\n\n-- \nTo leave: lists.test\n");

    assertThat(mail.text()).isEqualTo("Cheers to all of you!");
    assertThat(mail.problems()).containsExactly(ParseProblems.ENCODING_BROKEN);
  }

  @Test
  void textThatWasNeverEncodedIsRead() {
    ParsedMail mail =
        parse("Content-Transfer-Encoding: base64\n\nHello, this was decoded on its way.\n");

    assertThat(mail.text()).isEqualTo("Hello, this was decoded on its way.\n");
    assertThat(mail.problems()).containsExactly(ParseProblems.ENCODING_UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base64",
        "(why) base64",
        "base64 (yes)",
        "\"base64\"",
        "Base-64",
        "base64;",
        " BASE64 "
      })
  void encodingIsKnownHoweverItIsWritten(String encoding) {
    ParsedMail mail = parse("Content-Transfer-Encoding: " + encoding + "\n\n" + CHEERS);

    assertThat(mail.text()).isEqualTo("Cheers to all of you!");
    assertThat(mail.problems()).isEmpty();
  }

  @Test
  void uuencodedPartIsDecoded() {
    ParsedMail mail =
        parse(
            """
            Content-Type: application/octet-stream; name=cat.txt
            Content-Transfer-Encoding: x-uuencode

            begin 644 cat.txt
            #0V%T
            `
            end
            """);

    assertThat(mail.attachments().get(0).part().bytes()).asString().isEqualTo("Cat");
  }

  @Test
  void choiceThatIsAMultipartIsOneChoice() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain

            Start

            End
            --a
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/html

            <p>Start</p>
            --m
            Content-Type: application/pdf; name=plan.pdf
            Content-Disposition: inline

            x
            --m
            Content-Type: text/html

            <p>End</p>
            --m--
            --a--
            """);

    assertThat(mail.text()).isEqualTo("Start\n\nEnd");
    assertThat(mail.html()).contains("<p>Start</p>\n<p>End</p>");
    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly("plan.pdf");
  }

  @Test
  void choiceOfSeveralTextsKeepsThemAll() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: multipart/mixed; boundary=m

            --m

            one
            --m
            Content-Type: image/png; name=x.png

            x
            --m

            two
            --m--
            --a
            Content-Type: text/html

            <p>all</p>
            --a--
            """);

    assertThat(mail.text()).isEqualTo("all");
    assertThat(mail.plain()).hasValue("one\n\ntwo");
    assertThat(mail.html()).contains("<p>all</p>");
  }

  @Test
  void textWithAFileNameIsBodyWhereNothingElseIs() {
    String mail =
        """
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain; name=text_0.txt
        Content-Disposition: %s; filename=text_0.txt

        Ring me
        --b
        Content-Type: image/jpeg; name=a.jpg

        x
        --b--
        """;

    ParsedMail inline = parse(mail.formatted("inline"));
    ParsedMail attached = parse(mail.formatted("attachment"));

    assertThat(inline.text()).isEqualTo("Ring me");
    assertThat(inline.attachments()).extracting(ParsedAttachment::name).containsExactly("a.jpg");
    assertThat(attached.text()).isEmpty();
    assertThat(attached.attachments())
        .extracting(ParsedAttachment::name)
        .containsExactly("text_0.txt", "a.jpg");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/csv; name=report.csv | text/csv | report.csv",
        "text/x-log; charset=utf-8; name=a.log | text/x-log | a.log",
        "unknown; name=\"test.bin\" | application/octet-stream | test.bin",
        "application-pdf; name=a.pdf | application/octet-stream | a.pdf",
        "image/ png; name=a.png | image/png | a.png",
        "image / png ; name=a.png | image/png | a.png",
        "(a picture) image/png (yes); name=a.png | image/png | a.png",
        "\"image/png\"; name=a.png | image/png | a.png",
        "image/png name=a.png | image/png | a.png",
        "image/png, name=a.png | image/png | a.png",
        "IMAGE/PNG;; name = \"a.png\" | image/png | a.png",
        "image/png; filename=a.png | image/png | a.png",
      })
  void rootThatIsAFileIsAnAttachment(String type, String read, String name) {
    ParsedMail mail = parse("Content-Type: " + type + "\n\nx,y\n");

    assertThat(mail.text()).isEmpty();
    assertThat(mail.attachments())
        .extracting(ParsedAttachment::contentType, ParsedAttachment::name)
        .containsExactly(tuple(read, name));
  }

  @Test
  void textOfAnUnreadableTypeWithoutANameIsText() {
    assertThat(parse("Content-Type: plain\n\nhello").text()).isEqualTo("hello");
    assertThat(parse("Content-Type: foo\n\nhello").text()).isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource({
    "'Foo \nbar.\n', '', 'Foo bar.\n'",
    "'Foo \nBar\n', ; delsp=yes, 'FooBar\n'",
    "'> one \n> two\n>> three \n>> four\nfive', '', '> one two\n>> three four\nfive'",
    "'one \n> two', '', 'one \n> two'",
    "'text\n-- \nAda \nL', '', 'text\n-- \nAda L'",
    "' >no quote\n from\n', '', '>no quote\nfrom\n'",
    "'one \n\ntwo', '', 'one \ntwo'",
    "'last ', ; DelSp=YES, 'last'",
  })
  void flowedTextIsJoined(String body, String delSp, String text) {
    String type = "Content-Type: text/plain; format=Flowed" + (delSp == null ? "" : delSp);

    assertThat(parse(type + "\n\n" + body).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"=?x  y", "a  b", "=?utf-8?Q?b?=", "=_?:/'()+_,-."})
  void boundaryIsTakenAsItIs(String boundary) {
    ParsedMail mail =
        parse(
            "Content-Type: multipart/mixed; boundary=\"%1$s\"\n\n--%1$s\n\ntext\n--%1$s--\n"
                .formatted(boundary));

    assertThat(mail.text()).isEqualTo("text");
    assertThat(mail.problems()).isEmpty();
  }

  @Test
  void lineThatIsNoFieldSpoilsNothing() {
    ParsedMail mail =
        parse(
            """
            From: a@example.org
            Content-Transfer-Encoding: base64
            X-Spam Status: No
             score=1
            no colon at all
            Subject: s
            X-Scan Result: clean

            %s
            """
                .formatted(CHEERS));

    assertThat(mail.text()).isEqualTo("Cheers to all of you!");
    assertThat(mail.headers().subject()).isEqualTo("s");
    assertThat(mail.problems()).containsExactly(ParseProblems.HEADER_GARBAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"X-Spam Status: No", "no colon at all", "A B: c\nC D: e", "A B: c\n folded"})
  void linesAtTheEndOfTheHeaderDoNotMoveTheBody(String garbage) {
    ParsedMail mail = parse("Subject: s\n" + garbage + "\n\nfirst\n\nsecond\n");

    assertThat(mail.text()).isEqualTo("first\n\nsecond\n");
    assertThat(mail.headers().subject()).isEqualTo("s");
    assertThat(mail.problems()).containsExactly(ParseProblems.HEADER_GARBAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Dear Ada,\n\nhow are you?\n", "two lines\nof text\n\nmore\n", "only this line\n"})
  void bodyWhoseEmptyLineIsMissingIsKept(String body) {
    ParsedMail mail = parse("Subject: s\n" + body);

    assertThat(mail.text()).isEqualTo(body);
    assertThat(mail.problems()).containsExactly(ParseProblems.HEADER_END_MISSING);
  }

  @ParameterizedTest
  @CsvSource({"iso-8859-2", "windows-1250", "koi8-r", "gb18030", "shift_jis", "iso-8859-7"})
  void rawHeaderIsInTheCharsetThatTheMailNames(String charset) {
    String words =
        switch (charset) {
          case "koi8-r" -> "Привет всем";
          case "gb18030", "shift_jis" -> "日本";
          case "iso-8859-7" -> "Γειά";
          default -> "Objednávka číslo 17 ž";
        };
    String own = "Subject: %s\nContent-Type: text/plain; charset=%s\n\nx";
    String inPart =
        "Subject: %s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
            + "Content-Type: text/plain; charset=%s\n\nx\n--b--\n";
    String inWord = "Subject: %s\nFrom: =?%s?Q?a?= <a@example.org>\n\nx";

    for (String form : new String[] {own, inPart, inWord}) {
      ParsedMail mail = parse(form.formatted(words, charset), charset);
      assertThat(mail.headers().subject()).isEqualTo(words);
      assertThat(mail.problems()).containsExactly(ParseProblems.CHARSET_GUESSED);
    }
  }

  @Test
  void rawFileNameIsInTheCharsetThatTheMailNames() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain; charset=windows-1251

            Привет
            --b
            Content-Type: application/pdf
            Content-Disposition: attachment; filename="Счёт.pdf"

            x
            --b--
            """,
            "windows-1251");

    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly("Счёт.pdf");
  }

  /** Stored fingerprints were made of these bytes: others would let mail come in twice. */
  @Test
  void fingerprintKeepsTheBytesThatItHasAlwaysHad() {
    String raw =
        "From: a@example.org\nSubject: %s\nContent-Type: text/plain; charset=iso-8859-2\n\n";
    String garbage = "Subject: one\nno field\n folded\nTo: a@example.org\n\n";

    MailHeaders labelled =
        parser.parseHeader(raw.formatted("číslo").getBytes(Charset.forName("ISO-8859-2")));
    MailHeaders spoilt = parser.parseHeader(garbage.getBytes(StandardCharsets.US_ASCII));

    assertThat(labelled.subject()).isEqualTo("číslo");
    assertThat(labelled.fingerprint())
        .isEqualTo(
            parser
                .parseHeader(raw.formatted("èíslo").getBytes(StandardCharsets.UTF_8))
                .fingerprint())
        .asHexString()
        .isEqualToIgnoringCase("e10ec9d43c3afc2e746c30d1b3c9c9ae1d7f28135353d6ef760841ef34725f1c");
    assertThat(spoilt.subject()).isEqualTo("one");
    assertThat(spoilt.fingerprint())
        .isEqualTo(
            parser
                .parseHeader("Subject: one no field folded\nTo: a@example.org\n\n".getBytes())
                .fingerprint())
        .asHexString()
        .isEqualToIgnoringCase("91a0df4b7f141ed9177545d07c5fa6a0b60b68e615b1bba7c9966feb409c7894");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "filename*0=\"a \"; filename*1*=%C3%A9.txt | a é.txt",
        "filename*0*=utf-8''%C3; filename*1*=utf-8''%A9.txt | é.txt",
        "filename*1=b.txt; filename*0=a | ab.txt",
        "filename*0*=iso-8859-2''%E8; filename*1=\"a.txt\" | ča.txt",
        "filename=plain.txt; filename*= | plain.txt",
        "filename*=utf-8'%C3%A9.txt | utf-8'é.txt",
        "filename*0=\"=?utf-8?Q?=C3=A9\"; filename*1=\".txt?=\" | é.txt",
        "filename=\"=?utf-8?Q?=C3=A9?=\" \"=?utf-8?Q?.txt?=\" | é.txt",
        "filename=\"a  b.txt\" | a  b.txt",
        "filename=\"a =?b  c.txt\" | a =?b  c.txt",
        "filename=\"a.txt\" size=5 | a.txt",
        "filename=\"a.txt; size=5 | a.txt",
        "filename(the name)=a.txt | a.txt",
        "filename=\"long\tname.txt\" | long name.txt",
        "name=a.txt | a.txt",
      })
  void fileNamesAreReadHoweverTheyAreWritten(String parameters, String name) {
    ParsedMail mail =
        parse("Content-Type: image/png\nContent-Disposition: attachment; " + parameters + "\n\nx");

    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly(name);
  }

  @Test
  void dispositionThatIsMissingInFrontOfAFileNameHidesItNot() {
    ParsedMail mail =
        parse("Content-Type: image/png\nContent-Disposition: filename=\"a.png\"\n\nx");

    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly("a.png");
  }

  @Test
  void replyToNeverDisappears() {
    ParsedMail mail = parse("From: a@example.org\nReply-To: Desk <Ticket+Ab1@my_host.local>\n\nx");

    NamedAddress replyTo = mail.headers().replyTo().get(0);
    assertThat(replyTo.name()).isEqualTo("Desk");
    assertThat(replyTo.address().written()).isEqualTo("Ticket+Ab1@my_host.local");
    assertThat(mail.problems()).containsExactly(ParseProblems.ADDRESS_ODD);
  }

  @Test
  void validAddressesAreNotFlagged() {
    ParsedMail mail =
        parse("From: \"A\" <a..b@docomo.test>\nTo: jörg@bücher.example, x@y.test\n\nx");

    assertThat(mail.headers().from())
        .map(NamedAddress::address)
        .contains(EmailAddress.parse("a..b@docomo.test"));
    assertThat(mail.problems()).isEmpty();
  }

  @Test
  void answersAreThreadedByIdsInAnyForm() {
    MailHeaders headers =
        parser.parseHeader(
            """
            In-Reply-To: =?utf-8?q?=3Clong-long-?=
             =?utf-8?q?id=40example=2Eorg=3E?=
            References: first@example.org
             second@example.org

            """
                .getBytes());

    assertThat(headers.inReplyTo()).map(Object::toString).contains("long-long-id@example.org");
    assertThat(headers.references()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "15 Dec 00 11:13:27 PM | 2000-12-15T23:13:27Z",
        "Dec 15, 2000 11:13:27 PM | 2000-12-15T23:13:27Z",
        "December 15, 2000, 12:13 am EST | 2000-12-15T05:13:00Z",
        "Fri, 15 Dec 2000 12:13 p.m. +0100 | 2000-12-15T11:13:00Z",
        "12/15/2000 11:13:27 PM | 2000-12-15T23:13:27Z",
        "15/12/2000 11:13:27 | 2000-12-15T11:13:27Z",
        "15.12.2000 11:13 | 2000-12-15T11:13:00Z",
        "15.12.2000 11.13.27 | 2000-12-15T11:13:27Z",
        "2000-12-15 11:13:27 +0200 | 2000-12-15T09:13:27Z",
        "2000/12/15 11:13:27 | 2000-12-15T11:13:27Z",
        "2000-12-15T11:13:27.123Z | 2000-12-15T11:13:27Z",
        "Sat, 10, Dec 2022 09:35:19 +0100 | 2022-12-10T08:35:19Z",
        "Sat,10 Dec 2022 9:35:19 +1:00 | 2022-12-10T08:35:19Z",
        "Sat, 10-Dec-2022 09:35:19 GMT+01:00 | 2022-12-10T08:35:19Z",
        "Sat Dec 10 09:35:19 CET 2022 | 2022-12-10T08:35:19Z",
        "Sat Dec 10 09:35:19 2022 +0100 | 2022-12-10T08:35:19Z",
        "Sat, 10 Dec 2022 09:35:19 (CET) +0100 | 2022-12-10T08:35:19Z",
        "Sat, 10 Dec 2022 09(h):  35  :  19 +0100 | 2022-12-10T08:35:19Z",
        "21 Nov 97 09:55:06 GMT | 1997-11-21T09:55:06Z",
        "21 Nov 102 09:55:06 GMT | 2002-11-21T09:55:06Z",
        "Mi, 10 Mai 2023 10:00:00 +0200 | 2023-05-10T08:00:00Z",
        "mardi 10 janvier 2023 10:00:00 +0100 | 2023-01-10T09:00:00Z",
        "mar, 10 ene 2023 10:00:00 +0100 | 2023-01-10T09:00:00Z",
        "10 Dec 2022 24:00:00 +0000 | 2022-12-11T00:00:00Z",
        "10 Dec 2022 | 2022-12-10T00:00:00Z",
        "2022-12-10 | 2022-12-10T00:00:00Z",
      })
  void datesAreReadInTheMannerOfTheirSenders(String field, Instant date) {
    assertThat(parse("Date: " + field + "\n\n").headers().date()).contains(date);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "15 Dec 0000 11:13:27",
        "15 Dec 20000 11:13:27",
        "31 Feb 2020 10:00:00",
        "Dec",
        "10:00:00",
        "13/13/2020 10:00",
        "15 Dec 2000 25:00:00",
        "1",
        "Dec 15"
      })
  void whatIsNoDateIsNone(String field) {
    assertThat(parse("Date: " + field + "\n\n").headers().date()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b\n", "x;\n", "\"\n", " \n", "(\n", "a\n b\n", "=?u?q?x?=\n"})
  void hostileHeaderIsReadInTime(String unit) {
    String mail =
        "Subject: s\n" + unit.repeat((2 << 20) / unit.length()) + "To: a@example.org\n\nx";

    org.junit.jupiter.api.Assertions.assertTimeout(
        java.time.Duration.ofSeconds(2), () -> parse(mail));
  }
}
