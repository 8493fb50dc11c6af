package org.byoemail.account.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Microsoft names the tenant of the user who signs in. */
class IssuersTest {
  private static final String LOGIN = "https://login.microsoftonline.com/";
  private static final String TENANT = "11111111-2222-3333-4444-555555555555";
  private static final String OTHER = "99999999-2222-3333-4444-555555555555";

  @ParameterizedTest
  @CsvSource({
    "common, " + TENANT + ", " + TENANT + ", true",
    "organizations, " + TENANT + ", " + TENANT + ", true",
    "contoso.example, " + TENANT + ", " + TENANT + ", true",
    TENANT + ", " + TENANT + ", " + TENANT + ", true",
    TENANT + ", " + OTHER + ", " + OTHER + ", false",
    "common, " + OTHER + ", " + TENANT + ", false",
    "common, evil/x, evil/x, false",
    "common, " + TENANT + ", , false"
  })
  void issuerOfATokenIsThatOfItsTenant(
      String configured, String named, @Nullable String tid, boolean right) {
    assertThat(Issuers.isOf(provider(LOGIN + configured + "/v2.0"), LOGIN + named + "/v2.0", tid))
        .isEqualTo(right);
  }

  @ParameterizedTest
  @CsvSource({
    LOGIN + "common/v2.0, " + LOGIN + TENANT + "/v2.0, true",
    LOGIN + "common/v2.0, https://evil.example.test/" + TENANT + "/v2.0, false",
    LOGIN + TENANT + "/v2.0, " + LOGIN + OTHER + "/v2.0, false",
    "https://id.example.test, https://id.example.test, true",
    "https://id.example.test, https://id.example.test/, false",
    "https://id.example.test, , true"
  })
  void issuerOfAnAnswerIsTheProviders(String configured, @Nullable String iss, boolean right) {
    assertThat(Issuers.isOfResponse(provider(configured), iss)).isEqualTo(right);
  }

  private static OAuthProvider provider(String issuer) {
    return new OAuthProvider(
        "test",
        "Test",
        issuer,
        "https://id.example.test/authorize",
        "https://id.example.test/token",
        null,
        List.of("mail"),
        List.of(),
        Map.of(),
        OAuthProvider.ClientAuthentication.POST,
        null,
        null,
        List.of("mail.example.test"),
        false);
  }
}
