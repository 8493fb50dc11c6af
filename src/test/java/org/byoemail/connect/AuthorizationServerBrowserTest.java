package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.List;
import java.util.Map;
import org.byoemail.support.Chromium;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAuthorizationServer;
import org.junit.jupiter.api.Test;

/** Mailboxes are connected by tokens of Spring Authorization Server, which others wrote. */
class AuthorizationServerBrowserTest extends SignInBrowser {
  private static final String DOMAIN = "spring.test";

  @Test
  void consentOpensTheMailboxUntilItIsRevokedAndANewOneMendsIt() {
    RealAuthorizationServer server = authorizationServer();
    MailUser ann = DOVECOT.user(fresh("ann") + "@" + DOMAIN);
    servers(DOMAIN);
    String agent = agent(fresh("acme"));
    connect(
        link(Map.of("agent", agent, "address", ann.address(), "providers", List.of("spring"))),
        ann);
    String account = accountOf(agent);
    assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/oauth/status"))
        .isEqualTo("authorized");

    String first = server.refreshToken(ann.address());
    server.revokeAccess(ann.address());
    opens(account);
    String second = server.refreshToken(ann.address());
    server.revokeAccess(ann.address());
    opens(account);
    assertThat(List.of(first, second, server.refreshToken(ann.address()))).doesNotHaveDuplicates();

    server.revoke(ann.address());
    Answer refused = post(ADMIN_KEY, "/accounts/" + account + "/test-imap", null);
    assertThat(refused.body().path("ok").asBoolean()).as(refused.body().toString()).isFalse();
    assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/oauth/status"))
        .isEqualTo("needs_reauthorization");

    connect(link(Map.of("account", account)), ann);
    opens(account);
    assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/status")).isEqualTo("active");
  }

  @Test
  void applicationOpensTheMailboxThatItWasGiven() {
    MailUser box = DOVECOT.user(fresh("box") + "@" + DOMAIN);
    String organization = fresh("acme");
    application(organization, box);

    opens(
        created(
            organization,
            box,
            POSTFIX.submissionPort(),
            Map.of("provider", "spring", "kind", "client_credentials")));
  }

  /** Both sides sign in with the token that the account has, or gets. */
  private void opens(String account) {
    for (String side : List.of("test-imap", "test-smtp")) {
      Answer test = post(ADMIN_KEY, "/accounts/" + account + "/" + side, null);
      assertThat(test.body().path("ok").asBoolean()).as(test.body().toString()).isTrue();
    }
  }

  /** The owner opens a link, signs in and consents. */
  private static void connect(String link, MailUser owner) {
    try (BrowserContext context = browser.newContext()) {
      // The consent page names a style sheet elsewhere.
      context.route(url -> !url.startsWith("http://localhost"), Route::abort);
      Page page = context.newPage();
      page.navigate(link);
      page.click("text=Continue in this browser");
      page.click("text=Continue with Spring");
      page.fill("#username", owner.address());
      page.fill("#password", RealAuthorizationServer.PASSWORD);
      page.click("button[type=submit]");
      page.check("[name=scope]");
      page.click("#submit-consent");
      page.waitForURL(url -> url.startsWith(GATEWAY));
      page.waitForSelector("main");
      Chromium.awaitTest(page);
      assertThat(page.innerText("h1"))
          .as(page.innerText("main"))
          .isEqualTo("Your mailbox is connected");
    }
  }
}
