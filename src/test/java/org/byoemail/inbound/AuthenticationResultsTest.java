package org.byoemail.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.mail.HeaderField;
import org.byoemail.mail.MailHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationResultsTest {

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
      })
  void topmostFieldIsRead(Authentication expected, String field) {
    assertThat(AuthenticationResults.of(headers(field))).isEqualTo(expected);
  }

  @Test
  void fieldsBelowTheTopmostAreTheSendersOwn() {
    MailHeaders headers =
        headers("mx.test; dmarc=fail header.from=else.test", "mx.test; dmarc=pass");

    assertThat(AuthenticationResults.of(headers)).isEqualTo(Authentication.FAIL);
  }

  @Test
  void serverThatSaysNothingIsNone() {
    assertThat(AuthenticationResults.of(headers())).isEqualTo(Authentication.NONE);
    assertThat(AuthenticationResults.isPresent(headers())).isFalse();
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
