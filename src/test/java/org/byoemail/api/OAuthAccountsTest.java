package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Accounts that sign in by OAuth 2.0, as the API shows and changes them. */
class OAuthAccountsTest extends WebTest {
  private final String organization = fresh("acme");
  private final String address = fresh("ada") + "@example.test";

  @Autowired private Accounts accounts;

  private Answer create(Map<String, ?> smtp, Map<String, ?> oauth) {
    Map<String, Object> request = new HashMap<>();
    request.put("agent", agent(organization));
    request.put("address", address);
    request.put("smtp", smtp);
    request.put("oauth", oauth);
    return post(ADMIN_KEY, "/accounts", request);
  }

  private static Map<String, Object> server(String host) {
    return Map.of("host", host, "port", 2587, "security", "starttls", "auth", "oauth2");
  }

  @Test
  void accountWaitsForConsentAndNeedsNoPassword() {
    Answer made =
        create(server("localhost"), Map.of("provider", "test", "user", "boss@example.test"));
    String path = "/accounts/" + made.text("/id");
    Answer test = post(ADMIN_KEY, path + "/test-smtp", null);

    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    assertThat(made.text("/oauth/status")).isEqualTo("waiting_for_consent");
    assertThat(made.text("/oauth/mailbox")).isEqualTo(address);
    assertThat(made.text("/oauth/user")).isEqualTo("boss@example.test");
    assertThat(made.text("/smtp/hasPassword")).isEqualTo("false");
    assertThat(test.body().at("/ok").asBoolean(true)).isFalse();
    assertThat(test.text("/hint")).isEqualTo("Authorise the account first.");
  }

  @Test
  void changeThatDoesNotNameTheProviderKeepsIt() {
    String path =
        "/accounts/" + create(server("localhost"), Map.of("provider", "test")).text("/id");

    Answer renamed = patch(ADMIN_KEY, path, Map.of("displayName", "Ada"));
    Answer byPassword =
        patch(ADMIN_KEY, path, Map.of("smtp", Map.of("auth", "plain", "password", "secret")));

    assertThat(renamed.text("/oauth/provider")).isEqualTo("test");
    assertThat(byPassword.status()).isEqualTo(200);
    assertThat(byPassword.body().at("/oauth").isNull()).isTrue();
  }

  @Test
  void hostThatTheProviderDoesNotNameIsRefused() {
    Answer typed = create(server("evil.example.test"), Map.of("provider", "test"));
    String path =
        "/accounts/" + create(server("localhost"), Map.of("provider", "test")).text("/id");
    Answer moved = patch(ADMIN_KEY, path, Map.of("smtp", Map.of("host", "evil.example.test")));
    Answer otherProvider = patch(ADMIN_KEY, path, Map.of("oauth", Map.of("provider", "google")));

    assertThat(typed.status()).isEqualTo(400);
    assertThat(typed.fields()).containsExactly("smtp.host");
    assertThat(moved.fields()).containsExactly("smtp.host");
    assertThat(otherProvider.fields()).containsExactly("smtp.host");
  }

  @Test
  void providerWithoutAClientIsRefused() {
    Answer google =
        create(Map.of("host", "smtp.gmail.com", "auth", "oauth2"), Map.of("provider", "google"));
    Answer application =
        create(server("localhost"), Map.of("provider", "test", "kind", "client_credentials"));

    assertThat(google.status()).isEqualTo(400);
    assertThat(google.fields()).containsExactly("oauth.provider");
    assertThat(application.fields()).containsExactly("oauth.provider");
  }

  @Test
  void accountThatNeedsReauthorizationSaysSo() {
    String id = create(server("localhost"), Map.of("provider", "test")).text("/id");

    accounts.needReauthorization(AccountId.parse(id));
    Answer shown = get(ADMIN_KEY, "/accounts/" + id);
    Answer poll = post(ADMIN_KEY, "/accounts/" + id + "/poll", null);

    assertThat(shown.text("/status")).isEqualTo("needs_reauthorization");
    assertThat(shown.text("/oauth/status")).isEqualTo("needs_reauthorization");
    assertThat(shown.text("/oauth/needsReauthorizationAt")).endsWith("Z");
    assertThat(poll.status()).isEqualTo(409);
    assertThat(poll.text("/detail")).contains("consent again");
  }
}
