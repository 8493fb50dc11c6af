package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRequests;
import org.byoemail.account.oauth.AuthorizationSubject;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** What strangers get from the pages for owners of mailboxes. */
class ConnectPagesTest extends WebTest {
  private static final String STATE = "S".repeat(43);

  @Autowired private AuthorizationRequests requests;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/connect/oauth/callback/google?code=c&state="
            + "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS",
        "/connect/oauth/callback/google/acme?code=c&state=x",
        "/connect/oauth/callback/google?code=c",
        "/connect/oauth/callback/google?error=access_denied",
        "/connect/oauth/callback/nobody?code=c&state=x&redirect_uri=https://evil.example.test/",
        "/connect/oauth/start/x",
        "/connect/oauth/start/" + "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"
      })
  void answerThatBelongsToNoSignInSaysSo(String path) throws Exception {
    MockHttpServletResponse page = page(MockMvcRequestBuilders.get(path));

    assertThat(page.getStatus()).isEqualTo(400);
    assertThat(page.getContentAsString())
        .contains("Sign in again", "no longer valid", "Nothing was changed")
        .doesNotContain("evil.example.test");
    assertThat(page.getHeader("Location")).isNull();
  }

  @Test
  void stateThatIsGivenTwiceIsNoState() throws Exception {
    MockHttpServletResponse page =
        page(
            MockMvcRequestBuilders.get(
                "/connect/oauth/callback/google?code=c&state=" + STATE + "&state=" + STATE));

    assertThat(page.getStatus()).isEqualTo(400);
  }

  @Test
  void pagesAreNotFramedLeakNoAddressAndBeginNoSession() throws Exception {
    MockHttpServletResponse page =
        page(MockMvcRequestBuilders.get("/connect/oauth/callback/google?code=c&state=x"));

    assertThat(page.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.getHeader("X-Frame-Options")).isEqualTo("DENY");
    assertThat(page.getHeader("Cache-Control")).contains("no-store");
    assertThat(page.getHeader("Content-Security-Policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'");
    assertThat(page.getCookie("JSESSIONID")).isNull();
  }

  @Test
  void administratorWhoConsentedIsToldWhatComesNext() throws Exception {
    MockHttpServletResponse page =
        page(
            MockMvcRequestBuilders.get(
                "/connect/oauth/callback/microsoft?admin_consent=True&tenant=t"));

    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(page.getContentAsString()).contains("Consent given", "can sign in again now");
  }

  @Test
  void pageOfASignInNamesWhatIsConnectedAndUsesNothingUp() throws Exception {
    String organization = fresh("acme");
    String address = fresh("ann") + "@example.test";
    String token = prepared(organization, account(organization, address), address);

    for (int i = 0; i < 2; i++) {
      MockHttpServletResponse page =
          page(MockMvcRequestBuilders.get("/connect/oauth/start/" + token));

      assertThat(page.getStatus()).isEqualTo(200);
      assertThat(page.getContentAsString())
          .contains(address, organization, "gateway.example.test", "read the mail", "send mail")
          .contains("Sign in with");
    }
    assertThat(requests.pending(token)).isPresent();
  }

  @Test
  void buttonNeedsTheTokenOfItsPage() throws Exception {
    String organization = fresh("acme");
    String address = fresh("ann") + "@example.test";
    String token = prepared(organization, account(organization, address), address);

    MockHttpServletResponse page =
        page(MockMvcRequestBuilders.post("/connect/oauth/start/" + token));

    assertThat(page.getStatus()).isEqualTo(403);
    assertThat(requests.pending(token)).isPresent();
  }

  @Test
  void consoleLoginOpensNothingBelowConnect() throws Exception {
    MockHttpServletResponse page =
        page(MockMvcRequestBuilders.get("/connect/accounts").cookie(login()));

    assertThat(page.getStatus()).isEqualTo(404);
  }

  private String prepared(String organization, String account, String address) {
    return requests.prepare(
        new AuthorizationSubject(
            AuthorizationPurpose.PLATFORM,
            UUID.fromString(account),
            new OrganizationId(organization),
            address,
            null),
        new OAuthClient(
            UUID.randomUUID(),
            new OrganizationId(organization),
            "google",
            "client-1",
            null,
            false,
            null,
            GrantType.AUTHORIZATION_CODE));
  }

  private MockHttpServletResponse page(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request).andReturn().getResponse();
  }
}
