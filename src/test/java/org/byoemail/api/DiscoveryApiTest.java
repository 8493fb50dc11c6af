package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryApiTest extends WebTest {
  private static final String DISCOVER = "/accounts/discover";

  @Test
  void knownProviderIsProposedWithItsServersAndWaysToSignIn() {
    Answer answer =
        post(key("operator", fresh("acme")), DISCOVER, Map.of("address", "Ann@GMail.com"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().at("/proposals")).hasSize(1);
    assertThat(answer.text("/proposals/0/provider")).isEqualTo("gmail");
    assertThat(answer.text("/proposals/0/source")).isEqualTo("preset");
    assertThat(answer.text("/proposals/0/confidence")).isEqualTo("high");
    assertThat(answer.text("/proposals/0/smtp/host")).isEqualTo("smtp.gmail.com");
    assertThat(answer.text("/proposals/0/smtp/security")).isEqualTo("ssl");
    assertThat(answer.text("/proposals/0/imap/username")).isEqualTo("ann@gmail.com");
    assertThat(answer.text("/proposals/0/signIn/0/way")).isEqualTo("oauth");
    assertThat(answer.text("/proposals/0/signIn/0/oauthProvider")).isEqualTo("google");
    assertThat(answer.text("/proposals/0/signIn/1/way")).isEqualTo("app-password");
    assertThat(answer.body().at("/proposals/0/signIn/1/steps")).isNotEmpty();
    assertThat(answer.text("/steps/0/name")).isEqualTo("preset");
  }

  @Test
  void outlookComIsOfferedByOauthOnlyAndYahooByAppPasswordOnly() {
    assertThat(ways("a@hotmail.com")).containsExactly("oauth");
    assertThat(ways("a@yahoo.co.uk")).containsExactly("app-password");
  }

  private java.util.List<String> ways(String address) {
    return post(ADMIN_KEY, DISCOVER, Map.of("address", address))
        .body()
        .at("/proposals/0/signIn")
        .findValuesAsText("way");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"address\":null}",
        "{\"address\":\"\"}",
        "{\"address\":\"nobody\"}",
        "{\"address\":\"a@b@\"}",
        "{\"address\":\"a@ex ample.org\"}"
      })
  void invalidAddressIsNamed(String body) {
    Answer answer = post(ADMIN_KEY, DISCOVER, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.fields()).containsExactly("address");
  }

  @Test
  void furtherFieldIsRefused() {
    assertThat(post(ADMIN_KEY, DISCOVER, "{\"address\":\"a@b.test\",\"host\":\"x\"}").status())
        .isEqualTo(400);
  }
}
