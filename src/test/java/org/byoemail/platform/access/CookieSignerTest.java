package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class CookieSignerTest {
  private static final Instant UNTIL = Instant.parse("2026-11-30T12:00:00Z");
  private static final Instant BEFORE = UNTIL.minusSeconds(1);

  private final CookieSigner signer = signer("logins");
  private final String value = signer.sign(UNTIL, "a", "b-c_d");

  @Test
  void signedWordsCanBeReadUntilTheyExpire() {
    assertThat(signer.open(value, BEFORE).orElseThrow()).containsExactly("a", "b-c_d");
    assertThat(signer.open(value, UNTIL)).isEmpty();
  }

  @Test
  void signatureIsValidForOnePurposeOnly() {
    assertThat(signer("challenges").open(value, BEFORE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "1", "9999999999.a.b", "9999999999.a.00", "a.\u00e4"})
  void forgedValueIsNotRead(String forged) {
    assertThat(signer.open(forged, BEFORE)).isEmpty();
  }

  @Test
  void changedOrVeryLongValueIsNotRead() {
    String digits = String.valueOf(UNTIL.getEpochSecond());

    assertThat(signer.open(value.replace(digits, "9" + digits), BEFORE)).isEmpty();
    assertThat(signer.open(signer.sign(UNTIL, "a".repeat(500)), BEFORE)).isEmpty();
  }

  private static CookieSigner signer(String purpose) {
    return new CookieSigner(
        purpose,
        new ApiSettings("x".repeat(16), DataSize.ofMegabytes(2), DataSize.ofMegabytes(1), 1));
  }
}
