package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.byoemail.format.mail.Base32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** One-time passwords by the vectors of RFC 6238, and Base32 by those of RFC 4648. */
class TotpTest {
  private static final long NOW = 1_111_111_109;
  private static final String SECRET =
      Base32.encode("12345678901234567890".getBytes(StandardCharsets.US_ASCII));

  /** Appendix B has eight digits; six are the last of them. */
  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037",
    "20000000000, 353130"
  })
  void codesAreThoseOfTheStandard(long time, String code) {
    assertThat(Totp.code(SECRET, Totp.step(time))).isEqualTo(code);
  }

  @Test
  void clockMayBeAStepBehindOrAhead() {
    long step = Totp.step(NOW);

    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step - 1), NOW, 0)).hasValue(step - 1);
    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step), NOW, 0)).hasValue(step);
    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step + 1), NOW, 0)).hasValue(step + 1);
    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step - 2), NOW, 0)).isEmpty();
    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step + 2), NOW, 0)).isEmpty();
  }

  @Test
  void stepsUpToTheLastUsedOneDoNotCount() {
    long step = Totp.step(NOW);

    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step), NOW, step)).isEmpty();
    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step - 1), NOW, step)).isEmpty();
    assertThat(Totp.matching(SECRET, Totp.code(SECRET, step + 1), NOW, step)).hasValue(step + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "f, MY",
    "fo, MZXQ",
    "foo, MZXW6",
    "foob, MZXW6YQ",
    "fooba, MZXW6YTB",
    "foobar, MZXW6YTBOI"
  })
  void base32IsThatOfTheStandard(String text, String encoded) {
    assertThat(Base32.encode(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(encoded);
    assertThat(new String(Base32.decode(encoded), StandardCharsets.US_ASCII)).isEqualTo(text);
  }

  @Test
  void otherLettersAreRefusedWithoutRepeatingThem() {
    assertThatThrownBy(() -> Base32.decode("MZXW1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("MZXW");
  }

  @Test
  void newSecretsHaveTheLengthOfTheHash() {
    assertThat(Base32.decode(Totp.newSecret())).hasSize(20);
    assertThat(Totp.newSecret()).isNotEqualTo(Totp.newSecret());
  }

  @Test
  void appReadsTheUri() {
    assertThat(TotpEnrolments.uri("BYO Email mail.example.com", "ada+x@example.com", "MZXW6YTBOI"))
        .isEqualTo(
            "otpauth://totp/BYO%20Email%20mail.example.com:ada%2Bx%40example.com?secret=MZXW6YTBOI"
                + "&issuer=BYO%20Email%20mail.example.com&algorithm=SHA1&digits=6&period=30");
  }

  @Test
  void pausesDoubleUpToADay() {
    assertThat(SecondFactors.pauseAfter(5)).isEqualTo(Duration.ofMinutes(5));
    assertThat(SecondFactors.pauseAfter(10)).isEqualTo(Duration.ofMinutes(10));
    assertThat(SecondFactors.pauseAfter(15)).isEqualTo(Duration.ofMinutes(20));
    assertThat(SecondFactors.pauseAfter(100_000)).isEqualTo(Duration.ofDays(1));
  }

  /** YAML reads off as false. */
  @ParameterizedTest
  @CsvSource({"off, OFF", "false, OFF", "optional, OPTIONAL", "required, REQUIRED"})
  void settingIsAWord(String word, SecondFactorMode mode) {
    PeopleSettings settings =
        new Binder(new MapConfigurationPropertySource(Map.of("byo.people.second-factor", word)))
            .bind("byo.people", PeopleSettings.class)
            .get();

    assertThat(settings.secondFactor()).isEqualTo(mode);
  }

  @Test
  void secretsAreInNoText() {
    TotpEnrolment enrolment =
        new TotpEnrolment("MZXW 6YTB", "otpauth://totp/x?secret=MZXW6YTB", QrCode.of("MZXW6YTB"));

    assertThat(enrolment.toString()).doesNotContain("MZXW", "otpauth");
    assertThat(enrolment.qrCode().toString()).doesNotContain("h1v1");
  }
}
