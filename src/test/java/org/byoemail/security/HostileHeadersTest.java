package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.MailClassifier;
import org.byoemail.support.CpuTime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Header fields made to keep the processor busy, in every place that one is read at. */
@Tag("compute")
class HostileHeadersTest {
  private static final Duration BOUND = Duration.ofMillis(100);

  /** Of sixteen such fields. */
  private static final Duration WHOLE = Duration.ofMillis(800);

  private static final int FIELD = 64 << 10;

  private static final List<String> FIELDS =
      List.of(
          "From",
          "To",
          "Subject",
          "Date",
          "Message-ID",
          "In-Reply-To",
          "References",
          "Return-Path",
          "Received",
          "Content-Type",
          "Content-Disposition",
          "Content-Transfer-Encoding",
          "Authentication-Results",
          "Auto-Submitted",
          "X-Auto-Response-Suppress",
          "X-Failed-Recipients",
          "X-Gobii-Message-ID");

  private static final List<String> UNITS =
      List.of(
          "(",
          "()",
          "(\\",
          "\"",
          "\\\"",
          "<",
          "<>",
          "<a@",
          "<a>",
          "a@b,",
          "a@b.example, ",
          "a@",
          "@",
          "a,",
          ",",
          ";",
          "; a=",
          "; a*0*=''%",
          ";a*1=",
          "=",
          "=?",
          "=?a?q?",
          "=?utf-8?q?=",
          "=?x?b?YQ==?= ",
          "=?utf-8?b?",
          "?= ",
          " ",
          "\t\n ",
          " 1",
          "1 jan ",
          "jan",
          "-",
          "a-",
          "daemon",
          "1.1.1.1",
          "5.1.1 ",
          "a",
          "\u00e9",
          "\n a: ",
          "{",
          "[",
          "all autoreply");

  private final MailParser parser = new MailParser();
  private final MailClassifier classifier = new MailClassifier();

  static List<String> fields() {
    return FIELDS;
  }

  @ParameterizedTest
  @MethodSource("fields")
  void fieldIsReadInTime(String name) {
    assertThat(UNITS)
        .allSatisfy(
            unit -> {
              byte[] mail = mail(field(name, unit));

              assertThat(CpuTime.least(() -> read(mail), BOUND)).isLessThan(BOUND);
            });
  }

  @Test
  void wholeHeaderIsReadInTime() {
    assertThat(UNITS)
        .allSatisfy(
            unit -> {
              String fields = String.join("", FIELDS.stream().map(f -> field(f, unit)).toList());
              byte[] mail = mail(fields);

              assertThat(CpuTime.least(() -> read(mail), WHOLE)).isLessThan(WHOLE);
            });
  }

  private void read(byte[] mail) {
    ParsedMail parsed = parser.parse(mail);
    MailHeaders headers = parsed.headers();
    headers.from();
    headers.fromName();
    headers.replyTo();
    headers.to();
    headers.cc();
    headers.subject();
    headers.date();
    headers.messageId();
    headers.inReplyTo();
    headers.references();
    headers.returnPath();
    headers.fingerprint();
    headers.mayBeReport();
    headers.autoSubmitted();
    headers.isListMail();
    classifier.classify(parsed);
  }

  private static String field(String name, String unit) {
    return name + ": " + unit.repeat(FIELD / unit.length()) + "\n";
  }

  private static byte[] mail(String fields) {
    return (fields + "Content-Type: text/plain\n\nbody\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
