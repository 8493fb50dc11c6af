package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.web.util.HtmlUtils;

/** OAuth clients, and the way of a browser from an account to its provider and back. */
class OAuthApiTest extends WebTest {
  private static final Pattern LINK = Pattern.compile("rel=\"noreferrer\" href=\"([^\"]+)\"");
  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

  @Autowired private PublicUrl publicUrl;

  private final String organization = fresh("acme");

  @Test
  void secretGoesInAndNeverComesOut() {
    Answer created = client(Map.of("clientId", "c-1", "secret", "the-client-secret"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().at("/hasSecret").asBoolean()).isTrue();
    assertThat(created.text("/redirectUri"))
        .isEqualTo(publicUrl.oauthCallback("google", new OrganizationId(organization)));
    String id = created.text("/id");
    for (Answer answer :
        List.of(
            created,
            get(ADMIN_KEY, "/oauth-clients/" + id),
            get(ADMIN_KEY, "/oauth-clients?organization=" + organization),
            patch(ADMIN_KEY, "/oauth-clients/" + id, Map.of("secret", "the-client-secret-2")))) {
      assertThat(answer.body().toString()).contains("c-1").doesNotContain("the-client-secret");
    }
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM oauth_client WHERE position(:text in o_text) > 0"
                        .replace(
                            "oauth_client", "(SELECT o::text AS o_text FROM oauth_client o) t"))
                .param("text", "the-client-secret")
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void changesAreInTheAuditLog() {
    String id = client(Map.of("clientId", "c-1", "secret", "the-client-secret")).text("/id");
    patch(ADMIN_KEY, "/oauth-clients/" + id, Map.of("clientId", "c-2"));
    assertThat(delete(ADMIN_KEY, "/oauth-clients/" + id).status()).isEqualTo(204);

    List<String> entries =
        jdbc.sql(
                "SELECT action || details FROM audit_entry WHERE subject = :id::uuid ORDER BY at,"
                    + " id")
            .param("id", id)
            .query(String.class)
            .list();

    assertThat(entries).hasSize(3);
    assertThat(entries.get(0)).startsWith("oauth_client.created").doesNotContain("secret\"");
    assertThat(entries.get(1)).startsWith("oauth_client.changed").contains("c-2");
    assertThat(entries.get(2)).startsWith("oauth_client.deleted");
  }

  @ParameterizedTest
  @CsvSource({
    "provider, nobody",
    "provider, ''",
    "provider, ",
    "kind, password",
    "clientId, ''",
    "clientId, ",
    "tenant, a/b",
    "secret, ''",
    "organization, a/b",
    "organization, '..'"
  })
  void invalidFieldIsNamed(String field, @Nullable String value) {
    Answer refused = client(with(Map.of("clientId", "c-1"), field, value));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly(field);
  }

  @Test
  void secondApplicationOfAProviderIsAConflict() {
    client(Map.of("clientId", "c-1"));

    assertThat(client(Map.of("clientId", "c-2")).status()).isEqualTo(409);
  }

  @ParameterizedTest
  @CsvSource({"provider, microsoft", "kind, client_credentials", "organization, other"})
  void whatAnApplicationIsForCannotBeChanged(String field, String value) {
    String id = client(Map.of("clientId", "c-1")).text("/id");

    Answer refused = patch(ADMIN_KEY, "/oauth-clients/" + id, Map.of(field, value));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly(field);
  }

  @Test
  void applicationThatAnAccountUsesIsNotDeleted() {
    String id = client(Map.of("clientId", "c-1")).text("/id");
    account();

    assertThat(delete(ADMIN_KEY, "/oauth-clients/" + id).status()).isEqualTo(409);
  }

  @Test
  void ownersBrowserIsLedToTheProviderByTheButtonOfAPage() throws Exception {
    client(Map.of("clientId", "c-1"));
    String account = account();

    Answer authorization = post(ADMIN_KEY, "/accounts/" + account + "/authorize", null);

    assertThat(authorization.status()).isEqualTo(200);
    assertThat(authorization.body().at("/expiresIn").asInt()).isEqualTo(600);
    String path = authorization.text("/url").substring(publicUrl.of("").orElseThrow().length());
    assertThat(path).startsWith("/connect/oauth/start/");
    MockHttpServletResponse page = page(MockMvcRequestBuilders.get(path));
    assertThat(page.getContentAsString()).contains("Sign in with Google", organization);
    MockHttpServletResponse next =
        page(
            MockMvcRequestBuilders.post(path)
                .cookie(page.getCookie("byo-connect-csrf"))
                .param("_csrf", found(CSRF, page)));

    assertThat(next.getStatus()).isEqualTo(200);
    assertThat(parameters(next))
        .containsEntry("client_id", "c-1")
        .containsEntry(
            "redirect_uri", publicUrl.oauthCallback("google", new OrganizationId(organization)));
    assertThat(found(LINK, next)).startsWith("https://accounts.google.com/o/oauth2/v2/auth?");
    MockHttpServletResponse denied = denied(next);
    assertThat(denied.getStatus()).isEqualTo(200);
    assertThat(denied.getContentAsString())
        .contains("Not connected", "access was denied", "Nothing was changed");
    assertThat(page(MockMvcRequestBuilders.get(path)).getStatus()).isEqualTo(400);
  }

  @Test
  void consoleUserIsLedToTheProviderAndBackToTheAccount() throws Exception {
    client(Map.of("clientId", "c-1"));
    String account = account();
    Cookie session = login();
    String path = "/console/accounts/" + account;
    assertThat(page(MockMvcRequestBuilders.get(path).cookie(session)).getContentAsString())
        .contains("Sign in with Google", "nobody has signed in yet");

    MockHttpServletResponse next =
        page(MockMvcRequestBuilders.post(path + "/sign-in").cookie(session).with(csrf()));

    assertThat(next.getStatus()).isEqualTo(200);
    assertThat(found(LINK, next)).startsWith("https://accounts.google.com/o/oauth2/v2/auth?");
    MockHttpServletResponse denied = denied(next);
    assertThat(denied.getStatus()).isEqualTo(302);
    assertThat(denied.getHeader("Location")).startsWith(path + "?signIn=");
    assertThat(
            page(MockMvcRequestBuilders.get(denied.getHeader("Location")).cookie(session))
                .getContentAsString())
        .contains("access was denied");
    assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/oauth/status"))
        .isEqualTo("waiting_for_consent");
  }

  @Test
  void signInNeedsTheTokenOfItsPage() throws Exception {
    client(Map.of("clientId", "c-1"));
    MockHttpServletResponse page =
        page(
            MockMvcRequestBuilders.post("/console/accounts/" + account() + "/sign-in")
                .cookie(login()));

    assertThat(page.getStatus()).isEqualTo(403);
  }

  @Test
  void accountWithAPasswordIsNotAuthorized() {
    String account = account(organization, fresh("ann") + "@example.test");

    Answer refused = post(ADMIN_KEY, "/accounts/" + account + "/authorize", null);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("set auth to oauth2 first");
  }

  private Answer client(Map<String, ?> fields) {
    Map<String, @Nullable Object> all = new HashMap<>(fields);
    all.putIfAbsent("organization", organization);
    if (!all.containsKey("provider")) {
      all.put("provider", "google");
    }
    return post(ADMIN_KEY, "/oauth-clients", all);
  }

  private static Map<String, @Nullable Object> with(
      Map<String, ?> fields, String field, @Nullable String value) {
    Map<String, @Nullable Object> all = new HashMap<>(fields);
    all.put(field, value);
    return all;
  }

  /** The id of a new account that signs in at Google. */
  private String account() {
    Map<String, Object> smtp =
        Map.of("host", "smtp.gmail.com", "port", 465, "security", "ssl", "auth", "oauth2");
    Map<String, Object> imap =
        Map.of("host", "imap.gmail.com", "port", 993, "security", "ssl", "auth", "oauth2");
    Answer made =
        post(
            ADMIN_KEY,
            "/accounts",
            Map.of(
                "agent",
                agent(organization),
                "address",
                fresh("ann") + "@example.test",
                "smtp",
                smtp,
                "imap",
                imap,
                "oauth",
                Map.of("provider", "google")));
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return made.text("/id");
  }

  /** The provider sends the browser back without a consent. */
  private MockHttpServletResponse denied(MockHttpServletResponse next) throws Exception {
    Cookie cookie =
        java.util.Arrays.stream(next.getCookies())
            .filter(one -> one.getName().startsWith("byo-oauth-"))
            .findFirst()
            .orElseThrow();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getSecure()).isTrue();
    return page(
        MockMvcRequestBuilders.get("/connect/oauth/callback/google/" + organization)
            .queryParam("state", parameters(next).get("state"))
            .queryParam("error", "access_denied")
            .cookie(cookie));
  }

  private static Map<String, String> parameters(MockHttpServletResponse next) throws Exception {
    return ProviderStub.parameters(java.net.URI.create(found(LINK, next)).getRawQuery());
  }

  private static String found(Pattern pattern, MockHttpServletResponse page) throws Exception {
    Matcher matcher = pattern.matcher(page.getContentAsString());
    assertThat(matcher.find()).as(page.getContentAsString()).isTrue();
    return HtmlUtils.htmlUnescape(matcher.group(1));
  }

  private MockHttpServletResponse page(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request).andReturn().getResponse();
  }
}
