package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.ingest.SenderAuthentication.AuthenticationFound;
import org.byoemail.support.CpuTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class AuthenticationResultsTest {
  private static final int MAX_LENGTH = 64 << 10;
  private static final Account ACCOUNT =
      AccountFixtures.receiving("imap.test", 993, Security.SSL, "ada", "secret");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PASS | mx.test; dmarc=pass (p=NONE sp=NONE) header.from=else.test; spf=fail",
        "FAIL | mx.test; spf=pass smtp.mailfrom=ann@else.test; dmarc=fail header.from=else.test",
        "PASS | mx.test; dkim=pass header.d=else.test header.s=k",
        "PASS | mx.test; dkim=pass header.i=@mail.else.test",
        "PASS | mx.test; spf=pass (sender is permitted) smtp.mailfrom=bounce@mail.else.test",
        "NONE | mx.test; dkim=pass header.d=stranger.test",
        "NONE | mx.test; dkim=pass header.d=test",
        "NONE | mx.test; dkim=pass header.d=notelse.test",
        "NONE | mx.test; dkim=none; spf=neutral smtp.mailfrom=ann@else.test",
        "FAIL | mx.test; dkim=fail header.d=else.test; spf=softfail",
        "PASS | mx.test; dkim=fail header.d=else.test; spf=pass smtp.mailfrom=else.test",
        "NONE | mx.test; none",
        "NONE | mx.test (dmarc=pass); none",
        "PASS | mx.test; DMARC = Pass header.from=else.test",
        "PASS | mx.test; spf / 1 = pass smtp . mailfrom=ann@else.test",
        "PASS | mx.test; spf/1=pass (a (nested) one \\) here) smtp.mailfrom=b+c=x.test@else.test",
        "PASS | mx.test; dkim=pass header.b=Ab/c+d== header.d=else.test",
        "PASS | mx.test; dmarc=pass reason=\"a \\\"word\\\"; (here)\" header.from=else.test",
      })
  void fieldIsRead(Authentication expected, String field) {
    assertThat(AuthenticationResults.read(field, headers())).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "NONE | mx.test; spf=none reason=\"x; dmarc=pass header.from=else.test\"",
        "NONE | mx.test; spf=none smtp.mailfrom=\"x; dmarc=pass\"@stranger.test",
        "NONE | mx.test; spf=pass smtp.mailfrom=\"ann@else.test \"@stranger.test",
        "NONE | mx.test; spf=pass smtp.mailfrom=a=smtp.mailfrom=else.test@stranger.test",
        "NONE | mx.test; spf=pass smtp.helo=else.test smtp.mailfrom=ann@stranger.test",
        "NONE | mx.test; spf=none (x \\) ; dmarc=pass) smtp.mailfrom=stranger.test",
        "NONE | mx.test; spf=none ((x) ; dmarc=pass) smtp.mailfrom=stranger.test",
        "NONE | \"mx.test; dmarc=pass\"; none",
        "NONE | mx.test dmarc=pass header.from=else.test; none",
        "NONE | mx.test; \"dmarc\"=pass; dmarc=\"pass\"",
        "NONE | mx.test; dmarc=pass header.from=stranger.test",
        "NONE | mx.test; dmarc=pass; spf=none reason=\"unclosed",
        "NONE | mx.test; dmarc=pass (unclosed (twice)",
        "NONE | mx.test; dmarc=pass ) header.from=else.test",
        "FAIL | mx.test; dmarc=pass; spf=none smtp.mailfrom=a\"; dmarc=fail; x=\"@stranger.test",
        "FAIL | mx.test; dmarc=pass header.from=else.test; dmarc=fail header.from=stranger.test",
        "FAIL | mx.test; dmarc=fail; dmarc=pass; dkim=pass header.d=else.test",
        "FAIL | mx.test; dmarc=fail (unclosed",
      })
  void senderCannotWriteItselfAVerdict(Authentication expected, String field) {
    assertThat(AuthenticationResults.read(field, headers())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "()", "(x", "\\(", "\"", "\\\"", "=", ";", "; dmarc=", "a=b ", " . ", "/"})
  void costGrowsWithTheLengthOnly(String unit) {
    String field = "mx.test; spf=none " + unit.repeat(MAX_LENGTH / unit.length());
    Duration bound = Duration.ofMillis(100);

    Duration taken =
        CpuTime.least(
            () -> {
              AuthenticationResults.server(field.substring(field.indexOf(' ')));
              AuthenticationResults.read(field, headers());
            },
            bound);

    assertThat(taken).isLessThan(bound);
  }

  @Test
  void nothingAuthenticIsReadFromAFieldThatIsTooLong() {
    String field = "mx.test; dmarc=pass header.from=else.test; x=" + "y".repeat(MAX_LENGTH);

    assertThat(AuthenticationResults.read(field, headers())).isEqualTo(Authentication.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mx.test | mx.test; dmarc=pass header.from=else.test",
        "mx.test | (a comment) MX.test 1; none",
        "mx.test | mx.test(a (nested) one); none",
        "'' | spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=else.test; dkim=none",
        "'' | ; none",
        "'' | ''"
      })
  void serverIsTheOneThatWroteIt(String expected, String field) {
    assertThat(AuthenticationResults.server(field)).isEqualTo(expected);
  }

  @Test
  void topmostFieldIsBelievedWhereTheServerIsNotKnown() {
    MailHeaders headers =
        headers("mx.test; dmarc=fail header.from=else.test", "mx.test; dmarc=pass");

    AuthenticationFound found = authentications(Map.of()).of(ACCOUNT, headers);

    assertThat(found).isEqualTo(new AuthenticationFound(Authentication.FAIL, true, false));
  }

  @Test
  void onlyTheTopmostFieldOfAKnownServerIsBelieved() {
    SenderAuthentication known = authentications(Map.of("IMAP.test", "mx.test"));

    assertThat(known.of(ACCOUNT, headers("forged.test; dmarc=pass", "mx.test; dmarc=fail")))
        .isEqualTo(new AuthenticationFound(Authentication.FAIL, true, true));
    assertThat(known.of(ACCOUNT, headers("notmx.test; dmarc=pass", "a.mx.test; dmarc=pass")))
        .isEqualTo(new AuthenticationFound(Authentication.NONE, true, true));
  }

  @Test
  void idWithADotBeforeItStandsForAllNamesBelowIt() {
    SenderAuthentication known = authentications(Map.of("IMAP.test", ".mx.test"));

    assertThat(known.of(ACCOUNT, headers("notmx.test; dmarc=pass", "a.mx.test; dmarc=fail")))
        .isEqualTo(new AuthenticationFound(Authentication.FAIL, true, true));
    assertThat(known.of(ACCOUNT, headers("mx.test; dmarc=fail")))
        .isEqualTo(new AuthenticationFound(Authentication.FAIL, true, true));
  }

  @Test
  void serverThatWritesNothingCannotBeAsked() {
    assertThat(authentications(Map.of()).of(ACCOUNT, headers()))
        .isEqualTo(AuthenticationFound.NOTHING);
  }

  @Test
  void serverOfAKnownProviderIsKnownUnlessASettingSaysOtherwise() {
    Account gmail = AccountFixtures.receiving("imap.gmail.com", 993, Security.SSL, "ada", "secret");
    MailHeaders forged = headers("mx.stranger.test; dmarc=pass header.from=else.test");
    MailHeaders own = headers("mx.google.com; dmarc=pass header.from=else.test");

    AuthenticationFound known = authentications(Map.of()).of(gmail, own);
    assertThat(known.isTrusted()).isTrue();
    assertThat(known.authentication()).isEqualTo(Authentication.PASS);
    assertThat(authentications(Map.of()).of(gmail, forged).authentication())
        .isEqualTo(Authentication.NONE);
    assertThat(
            authentications(Map.of("imap.gmail.com", "mx.stranger.test"))
                .of(gmail, forged)
                .authentication())
        .isEqualTo(Authentication.PASS);
  }

  private static SenderAuthentication authentications(Map<String, String> servers) {
    DataSize size = DataSize.ofMegabytes(1);
    return new SenderAuthentication(
        new InboundSettings(
            true,
            size,
            size,
            size,
            30,
            true,
            false,
            servers,
            5_000,
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1)),
        new Providers(),
        new AuthservLearning(null));
  }

  private static MailHeaders headers(String... results) {
    List<HeaderField> fields = new ArrayList<>();
    for (String result : results) {
      fields.add(new HeaderField("Authentication-Results", result));
    }
    fields.add(new HeaderField("From", "Ann <ann@else.test>"));
    return new MailHeaders(fields);
  }
}
