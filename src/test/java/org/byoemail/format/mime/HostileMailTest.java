package org.byoemail.format.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail made to break or exhaust its reader. */
@Tag("compute")
class HostileMailTest {
  private static final Duration BOUND = Duration.ofSeconds(10);

  private final MailParser parser = new MailParser();

  private ParsedMail parse(String mail) {
    byte[] bytes = mail.getBytes(StandardCharsets.ISO_8859_1);
    return assertTimeoutPreemptively(BOUND, () -> parser.parse(bytes));
  }

  @Test
  void partsBeyondTheLimitAreLeftOut() {
    String mail = "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n".repeat(10_000);

    ParsedMail parsed = parse(mail + "--b--\n");

    assertThat(parsed.root().children()).hasSize(ParseLimits.DEFAULT.parts());
    assertThat(parsed.problems()).contains(ParseProblems.TOO_MANY_PARTS);
    assertThat(parsed.text()).startsWith("x\n\nx");
  }

  @Test
  void multipartsAreReadToALimitedDepth() {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      mail.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\n\n");
      mail.append("--b").append(i).append("\n\nlevel ").append(i).append("\n--b").append(i);
      mail.append('\n');
    }

    ParsedMail parsed = parse(mail.toString());

    assertThat(parsed.problems()).contains(ParseProblems.TOO_DEEP);
    assertThat(parsed.text()).contains("level 0", "level 59").doesNotContain("level 61");
  }

  @Test
  void mailsWithinMailsAreReadToALimitedDepth() {
    ParsedMail parsed = parse("Content-Type: message/rfc822\n\n".repeat(200) + "Subject: x\n\ny");

    assertThat(parsed.problems()).contains(ParseProblems.TOO_DEEP);
    assertThat(parsed.attachments()).hasSize(1);
  }

  @Test
  void encodedMultipartsWithinEachOtherDoNotMultiplyMemory() {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      mail.append("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n");
    }

    ParsedMail parsed = parse(mail + "=20" + "line of text\n".repeat(100_000));

    assertThat(parsed.problems()).contains(ParseProblems.TOO_DEEP);
  }

  @Test
  void oneHugeFieldIsCutAndTheBodyStillFound() {
    ParsedMail parsed = parse("Subject: " + "x".repeat(1 << 20) + "\nTo: a@b.example\n\nbody");

    assertThat(parsed.headers().subject()).hasSize(ParseLimits.DEFAULT.fieldBytes() - 1);
    assertThat(parsed.headers().to()).hasSize(1);
    assertThat(parsed.text()).isEqualTo("body");
    assertThat(parsed.problems()).containsExactly(ParseProblems.FIELD_TOO_LONG);
  }

  @Test
  void headersBeyondTheLimitAreLeftOutAndTheBodyStillFound() {
    String field = "X-Filler: " + "y".repeat(990) + "\n";

    ParsedMail parsed = parse("Subject: kept\n" + field.repeat(3_000) + "To: a@b.example\n\nbody");

    assertThat(parsed.headers().subject()).isEqualTo("kept");
    assertThat(parsed.headers().to()).isEmpty();
    assertThat(parsed.text()).isEqualTo("body");
    assertThat(parsed.problems()).containsExactly(ParseProblems.HEADER_TOO_LARGE);
  }

  @Test
  void millionsOfTinyFieldsAreBounded() {
    ParsedMail parsed = parse("a:\n".repeat(1_000_000) + "\nbody");

    assertThat(parsed.headers().fields()).hasSizeLessThanOrEqualTo(20_000);
    assertThat(parsed.text()).isEqualTo("body");
  }

  @Test
  void textBeyondTheLimitIsCut() {
    ParsedMail parsed = parse("Subject: x\n\n" + "word ".repeat(2 << 20));

    assertThat(parsed.text()).hasSize(ParseLimits.DEFAULT.textBytes());
    assertThat(parsed.problems()).containsExactly(ParseProblems.TEXT_TOO_LONG);
  }

  @Test
  void mailBeyondTheLimitIsReadUpToIt() throws IOException {
    MailParser small = new MailParser(new ParseLimits(100, 10, 10, 1_000, 1_000, 1_000));
    byte[] mail = ("Subject: x\n\n" + "y".repeat(200)).getBytes(StandardCharsets.US_ASCII);

    ParsedMail fromBytes = small.parse(mail);
    ParsedMail fromStream = small.parse(new ByteArrayInputStream(mail));

    assertThat(fromBytes.problems()).containsExactly(ParseProblems.MAIL_TOO_LARGE);
    assertThat(fromBytes.text()).hasSize(88);
    assertThat(fromStream.problems()).isEqualTo(fromBytes.problems());
    assertThat(fromStream.text()).isEqualTo(fromBytes.text());
  }

  @Test
  void mailOfExactlyTheLimitIsWhole() throws IOException {
    MailParser small = new MailParser(new ParseLimits(100, 10, 10, 1_000, 1_000, 1_000));
    byte[] mail = ("Subject: x\n\n" + "y".repeat(88)).getBytes(StandardCharsets.US_ASCII);

    assertThat(small.parse(new ByteArrayInputStream(mail)).problems()).isEmpty();
  }

  @Test
  void brokenStreamIsTheOnlyThingThatThrows() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection lost");
          }
        };

    Assertions.assertThatIOException().isThrownBy(() -> parser.parse(broken));
  }

  @Test
  void nulIsLeftOutEverywhere() {
    ParsedMail parsed =
        parse("Subject: a\0b\nFrom: \"x\0y\" <a@b.example>\n\nbo\0dy\0\n<p>html\0</p>");

    assertThat(parsed.headers().subject()).isEqualTo("ab");
    assertThat(parsed.headers().fromName()).isEqualTo("xy");
    assertThat(parsed.text()).isEqualTo("body\n<p>html</p>");
  }

  @Test
  void encodedNulIsLeftOutToo() {
    ParsedMail parsed =
        parse(
            "Subject: =?utf-8?Q?a=00b?=\nContent-Type: text/html\n"
                + "Content-Transfer-Encoding: quoted-printable\n\n<p>x=00y&#0;z</p>");

    assertThat(parsed.headers().subject()).isEqualTo("ab");
    assertThat(parsed.html().orElseThrow()).doesNotContain("\0");
    assertThat(parsed.text()).doesNotContain("\0").startsWith("xy");
  }

  @Test
  void emptyMailIsAMail() {
    ParsedMail parsed = parse("");

    assertThat(parsed.headers().fields()).isEmpty();
    assertThat(parsed.text()).isEmpty();
    assertThat(parsed.headers().from()).isEmpty();
    assertThat(parsed.headers().fingerprint()).hasSize(32);
  }

  @Test
  void randomBytesAreRead() {
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      byte[] mail = new byte[random.nextInt(20_000)];
      random.nextBytes(mail);

      ParsedMail parsed = assertTimeoutPreemptively(BOUND, () -> parser.parse(mail));

      assertThat(parsed.text()).doesNotContain("\0");
    }
  }

  @Test
  void mailCutAnywhereIsRead() {
    byte[] mail =
        """
        From: =?utf-8?B?SsO8cmdlbg==?= <j@example.org>
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: base64

        R3LDvMOfZQ==
        --b
        Content-Type: message/rfc822

        Subject: inner

        x
        --b--
        """
            .getBytes(StandardCharsets.UTF_8);

    for (int length = 0; length <= mail.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(mail, length);

      ParsedMail parsed = parser.parse(cut);

      assertThat(parsed.headers().fingerprint()).hasSize(32);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<b>", "<div>", "<a><b><i><p>", "<table><tr><td>", "<", "&#x", "<pre>  ", "<!--"})
  void hostileHtmlIsReadInTime(String tag) {
    String html = tag.repeat((1 << 20) / tag.length());

    ParsedMail parsed = parse("Content-Type: text/html\n\n" + html);

    assertThat(parsed.html()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a,", "(", "<", "\"", "a@", "a.", "=?a?q?", "=?x?b?YQ==?= ", ":", "a@b.c,"})
  void hostileFieldsAreReadInTime(String unit) {
    String value = unit.repeat(60_000 / unit.length());
    String mail =
        "To: %1$s\nFrom: a@%1$s\nSubject: %1$s\nDate: %1$s\nReferences: %1$s\n".formatted(value)
            + "Content-Type: text/plain; x=%1$s\n\nbody".formatted(value);

    ParsedMail parsed = parse(mail);
    assertTimeoutPreemptively(
        BOUND,
        () -> {
          parsed.headers().to();
          parsed.headers().from();
          parsed.headers().subject();
          parsed.headers().date();
          parsed.headers().references();
          parsed.headers().mayBeReport();
          parsed.headers().autoSubmitted();
        });

    assertThat(parsed.text()).isEqualTo("body");
  }
}
