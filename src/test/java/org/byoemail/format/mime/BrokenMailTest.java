package org.byoemail.format.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail that breaks the rules and is sent all the same. */
class BrokenMailTest {
  private final MailParser parser = new MailParser();

  private ParsedMail parse(String mail) {
    return parser.parse(mail.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void typeBehindAnEmptyLineIsFound() {
    ParsedMail mail =
        parse(
            """
            Subject: hidden
            MIME-Version: 1.0

            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain

            found
            --b--
            """);

    assertThat(mail.text()).isEqualTo("found");
    assertThat(mail.problems()).containsExactly(ParseProblems.HEADER_SPLIT);
  }

  @Test
  void hiddenFieldsDoNotChangeTheFingerprint() {
    String mail = "Subject: a\n\nContent-Type: text/plain\nFrom: x@example.org\n\nbody";

    MailHeaders whole = parse(mail).headers();

    assertThat(whole.from()).isEmpty();
    assertThat(whole.fingerprint())
        .isEqualTo(parser.parseHeader("Subject: a\n\n".getBytes()).fingerprint());
  }

  @Test
  void missingEndOfAnInnerMultipartTakesNothingFromTheOuterOne() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/plain

            text
            --outer
            Content-Type: application/pdf; name=a.pdf

            x
            --outer--
            """);

    assertThat(mail.text()).isEqualTo("text");
    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly("a.pdf");
    assertThat(mail.problems()).containsExactly(ParseProblems.PART_UNCLOSED);
  }

  @Test
  void wrongBoundaryIsGuessed() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=wrong

            --right
            Content-Type: text/plain

            text
            --right--
            """);

    assertThat(mail.text()).isEqualTo("text");
    assertThat(mail.problems()).containsExactly(ParseProblems.BOUNDARY_GUESSED);
  }

  @Test
  void multipartWithoutAnyBoundaryIsText() {
    ParsedMail mail = parse("Content-Type: multipart/mixed\n\nonly text\n");

    assertThat(mail.text()).isEqualTo("only text\n");
    assertThat(mail.problems()).containsExactly(ParseProblems.BOUNDARY_MISSING);
  }

  @Test
  void multipartThatIsSaidToBeEncodedAndIsNotIsRead() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed; boundary=b
            Content-Transfer-Encoding: base64

            --b
            Content-Type: text/plain

            text
            --b--
            """);

    assertThat(mail.text()).isEqualTo("text");
  }

  @Test
  void mailThatWasEncodedAsAWholeIsRead() {
    ParsedMail mail =
        parse(
            """
            Content-Type: message/rfc822
            Content-Transfer-Encoding: base64

            U3ViamVjdDogaW5uZXIKCnRleHQK
            """);

    MimePart inner = mail.root().children().get(0);
    assertThat(inner.headers().subject()).isEqualTo("inner");
    assertThat(inner.text()).isEqualTo("text\n");
    assertThat(mail.attachments().get(0).part().bytes()).asString().startsWith("Subject: inner");
  }

  @Test
  void lineThatLostItsIndentationBelongsToTheFieldAbove() {
    ParsedMail mail =
        parse(
            """
            Content-Type: multipart/mixed;
            boundary=b
            Subject: x

            --b
            Content-Type: text/plain

            text
            --b--
            """);

    assertThat(mail.text()).isEqualTo("text");
    assertThat(mail.headers().subject()).isEqualTo("x");
    assertThat(mail.problems()).containsExactly(ParseProblems.HEADER_GARBAGE);
  }

  @Test
  void bodyWithoutAnEmptyLineInFrontIsFound() {
    ParsedMail mail = parse("Subject: x\nno field any more\nmore text\n");

    assertThat(mail.headers().subject()).isEqualTo("x");
    assertThat(mail.text()).isEqualTo("no field any more\nmore text\n");
    assertThat(mail.problems()).containsExactly(ParseProblems.HEADER_END_MISSING);
  }

  @Test
  void mboxLineAndBlankLinesAboveTheHeaderAreSkipped() {
    ParsedMail mail = parse("\n\nFrom a@example.org Mon Nov 23 10:00:00 2026\nSubject: x\n\nbody");

    assertThat(mail.headers().subject()).isEqualTo("x");
    assertThat(mail.text()).isEqualTo("body");
  }

  @Test
  void mailWithCarriageReturnsAloneIsRead() {
    ParsedMail mail = parse("Subject: x\rTo: a@example.org\r\rline 1\rline 2");

    assertThat(mail.headers().to()).hasSize(1);
    assertThat(mail.text()).isEqualTo("line 1\nline 2");
  }

  @Test
  void unknownTransferEncodingLeavesTheBodyAsItIs() {
    ParsedMail mail = parse("Content-Transfer-Encoding: spam\n\na=3Db");

    assertThat(mail.text()).isEqualTo("a=3Db");
    assertThat(mail.problems()).containsExactly(ParseProblems.ENCODING_UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "utf-8, UTF-8",
    "UTF8, UTF-8",
    "no-such-charset, UTF-8",
    "us-ascii, UTF-8",
    "iso-8859-1, UTF-8",
    "utf-16, UTF-8",
    "utf-8, windows-1252",
    "no-such-charset, windows-1252",
    "us-ascii, windows-1252",
    "'\"iso-8859-1\"', windows-1252",
  })
  void declaredCharsetGivesWayToTheRealOne(String declared, String real) {
    byte[] mail =
        ("Content-Type: text/plain; charset=" + declared + "\n\nprix: 5 € à déjeuner")
            .getBytes(Charset.forName(real));

    assertThat(parser.parse(mail).text()).isEqualTo("prix: 5 € à déjeuner");
  }

  @ParameterizedTest
  @CsvSource({
    "gb2312, GB18030, 你好",
    "ks_c_5601-1987, x-windows-949, 안녕",
    "shift_jis, windows-31j, ①日本",
    "koi8-r, KOI8-R, Привет",
    "utf-16, UTF-16, wide",
  })
  void charsetsOfTheWorldAreRead(String declared, String real, String text) {
    byte[] mail =
        concat(
            ("Content-Type: text/plain; charset=" + declared + "\n\n").getBytes(),
            text.getBytes(Charset.forName(real)));

    assertThat(parser.parse(mail).text()).isEqualTo(text);
  }

  @Test
  void charsetOfHtmlMayStandInTheHtml() {
    byte[] mail =
        concat(
            "Content-Type: text/html\n\n<meta charset='koi8-r'><p>".getBytes(),
            "Привет".getBytes(Charset.forName("KOI8-R")));

    assertThat(parser.parse(mail).text()).isEqualTo("Привет");
  }

  @Test
  void cutCharacterDoesNotMakeUtf8Doubtful() {
    byte[] whole = "Subject: grüße von jörg über öde wälder, größe fünf — ö".getBytes();
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 1);

    assertThat(parser.parseHeader(cut).subject()).startsWith("grüße von jörg").endsWith("\uFFFD");
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Test
  void guessedCharsetIsMarked() {
    ParsedMail unnamed = parse("Content-Type: text/plain\n\nnaïve");
    ParsedMail contradicted = parse("Content-Type: text/plain; charset=iso-8859-1\n\nnaïve");
    ParsedMail unknown = parse("Content-Type: text/plain; charset=klingon\n\nnaïve");

    assertThat(unnamed.problems()).containsExactly(ParseProblems.CHARSET_GUESSED);
    assertThat(contradicted.problems()).containsExactly(ParseProblems.CHARSET_GUESSED);
    assertThat(unknown.problems()).containsExactly(ParseProblems.CHARSET_GUESSED);
    assertThat(contradicted.text()).isEqualTo("naïve");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: =?klingon?Q?na=C3=AFve?=",
        "Subject: =?us-ascii?Q?na=EFve?=",
        "From: =?iso-8859-1?Q?na=C3=AFve?= <nora@example.net>",
        "Content-Disposition: attachment; filename=\"=?klingon?Q?na=EFve?=\"",
        "Content-Disposition: attachment; filename*=klingon''na%EFve",
        "Content-Disposition: attachment; filename*=na%C3%AFve",
        "Content-Type: application/pdf; name=\"=?us-ascii?Q?na=EFve?=\""
      })
  void guessedCharsetOfAFieldOrAFileNameIsMarked(String field) {
    assertThat(parse(field + "\n\n").problems()).containsExactly(ParseProblems.CHARSET_GUESSED);
    assertThat(parse(part(field)).problems())
        .isEqualTo(
            field.startsWith("Content-") ? List.of(ParseProblems.CHARSET_GUESSED) : List.of());
  }

  /** A mail with a file that has this field. */
  private static String part(String field) {
    return "Content-Type: multipart/mixed; boundary=b\n\n--b\n%s\n\nx\n--b--\n".formatted(field);
  }

  @Test
  void rawTextOfAHeaderIsMarkedUnlessItIsUtf8() {
    byte[] old = "Subject: naïve\n\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(parser.parse(old).problems()).containsExactly(ParseProblems.CHARSET_GUESSED);
    assertThat(parser.parse(old).headers().subject()).isEqualTo("naïve");
    assertThat(parse("Subject: naïve\n\n").problems()).isEmpty();
  }

  @Test
  void charsetThatHoldsIsNotMarked() {
    ParsedMail named = parse("Content-Type: text/plain; charset=utf-8\n\nnaïve");
    ParsedMail ascii = parse("Content-Type: text/plain; charset=klingon\n\nplain");

    ParsedMail words = parse("Subject: =?iso-8859-1?Q?na=EFve?=\n\n");
    ParsedMail file =
        parse(part("Content-Disposition: attachment; filename*0=na; filename*1*=%20''x"));
    ParsedMail encoded =
        parse(part("Content-Disposition: attachment; filename*=iso-8859-1''na%EFve"));

    assertThat(words.problems()).isEmpty();
    assertThat(file.problems()).isEmpty();
    assertThat(encoded.problems()).isEmpty();
    assertThat(named.problems()).isEmpty();
    assertThat(ascii.problems()).isEmpty();
  }
}
