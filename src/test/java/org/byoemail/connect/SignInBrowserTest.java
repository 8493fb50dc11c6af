package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.byoemail.account.link.ConnectNotices;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.Chromium;
import org.byoemail.support.MailUser;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * A mailbox is connected by a sign-in at its provider, in a real browser, with a Dovecot and a
 * Postfix that accept any valid token. Leaves pictures in target.
 */
class SignInBrowserTest extends SignInBrowser {
  private static final Path PICTURES = Path.of("target", "sign-in");

  @Autowired private ConnectNotices notices;

  @Test
  void consoleUserConnectsAMailboxAndOnlyItsOwnerCan() {
    MailUser ann = DOVECOT.freshUser("ann");
    MailUser ben = DOVECOT.freshUser("ben");
    try (BrowserContext context = browser.newContext()) {
      Page page = watched(context);
      page.navigate(GATEWAY + "/");
      page.fill("#username", "admin");
      page.fill("#password", CONSOLE_PASSWORD);
      page.click("button");
      page.click("text=New account");
      page.fill("#newAgent", "Ann's agent");
      page.fill("#address", ann.address());
      server(page, "smtp", POSTFIX.submissionPort(), "starttls");
      server(page, "imap", DOVECOT.imapsPort(), "ssl");
      page.selectOption("[name='oauth.provider']", "stub");
      page.click("text=Save");
      assertThat(page.innerText("main")).contains("nobody has signed in yet");
      picture(page, "account");

      signIn(page, null, "Deny");
      assertThat(page.innerText("main")).contains("access was denied. Nothing was changed");

      signIn(page, ben.address(), "Allow");
      picture(page, "somebody-else");
      assertThat(page.innerText("main"))
          .contains(
              "you signed in as " + ben.address(),
              "does not open the mailbox " + ann.address(),
              "nobody has signed in yet");

      signIn(page, null, "Allow");
      picture(page, "connected");
      assertThat(page.innerText("main"))
          .contains(ann.address() + " is connected.", "Test SMTP passed", "Test IMAP passed")
          .doesNotContain("nobody has signed in yet");

      page.click("text=Enable sending");
      assertThat(page.innerText("main")).contains("Sending is enabled.");
      page.click("text=Enable receiving");
      assertThat(page.innerText("main")).contains("Receiving is enabled.");

      signIn(page, ben.address(), "Allow");
      assertThat(page.innerText("main")).contains("Another person consented before");

      signIn(page, null, "Allow");
      assertThat(page.innerText("main")).contains(ann.address() + " is connected.");
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void ownerConnectsByTheAddressThatAPlatformSends() {
    MailUser cay = DOVECOT.freshUser("cay");
    String organization = fresh("acme");
    String account = created(organization, cay);
    String url = post(ADMIN_KEY, "/accounts/" + account + "/authorize", null).text("/url");
    assertThat(url).startsWith(GATEWAY + "/connect/oauth/start/");
    try (BrowserContext context = browser.newContext();
        BrowserContext other = browser.newContext()) {
      Page page = watched(context);
      page.navigate(url);
      page.navigate(url);
      picture(page, "start");
      assertThat(page.innerText("main"))
          .contains(cay.address(), organization, "read the mail of this mailbox", "localhost:");
      page.click("text=Sign in with The Stub");
      page.waitForSelector("text=The Stub asks");
      String consentPage = page.url();

      Page elsewhere = other.newPage();
      elsewhere.navigate(consentPage);
      elsewhere.click("text=Allow");
      elsewhere.waitForSelector("main");
      assertThat(elsewhere.innerText("main")).contains("was begun in another browser");

      page.click("text=Allow");
      page.waitForURL(GATEWAY + "/connect/oauth/result");
      page.waitForSelector("main");
      Chromium.awaitTest(page);
      picture(page, "done");
      assertThat(page.innerText("main"))
          .contains("Connected", "Test SMTP passed", "Test IMAP passed");
      elsewhere.navigate(GATEWAY + "/connect/oauth/result");
      assertThat(elsewhere.innerText("main")).contains("Sign in again");
      page.navigate(url);
      assertThat(page.innerText("main")).contains("no longer valid");
    }
    assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/oauth/status"))
        .isEqualTo("authorized");
    assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/smtp/verifiedAt")).isNotEmpty();
    assertThat(
            jdbc.sql(
                    "SELECT actor || ' ' || action FROM audit_entry WHERE subject = :id::uuid AND"
                        + " action IN ('account.sign_in_begun', 'account.authorized') ORDER BY at, id")
                .param("id", account)
                .query(String.class)
                .list())
        .containsExactly("key account.sign_in_begun", "provider account.authorized");
  }

  @Test
  void ownerWhomAPlatformSendsSeesEachStepWhenItHappens() {
    MailUser eve = DOVECOT.freshUser("eve");
    try (ScriptedSmtpServer slow = new ScriptedSmtpServer();
        BrowserContext context = browser.newContext()) {
      slow.offering("STARTTLS", "AUTH XOAUTH2")
          .withStartTls(CertificateAuthority.shared().issueOnlyFor("localhost"))
          .answer("NOOP", ScriptedSmtpServer.HELD);
      String account = created(fresh("acme"), eve, slow.port());
      Page page = watched(context);
      page.navigate(post(ADMIN_KEY, "/accounts/" + account + "/authorize", null).text("/url"));
      page.click("text=Sign in with The Stub");
      page.waitForSelector("text=The Stub asks");
      page.click("text=Allow");

      page.waitForSelector("li:has-text('noop') >> text=now");
      picture(page, "steps");
      assertThat(page.innerText("main"))
          .contains("Test SMTP", "running", "the certificate is valid for localhost")
          .doesNotContain("Test IMAP");
      slow.release();
      Chromium.awaitTest(page);
      assertThat(page.innerText("main"))
          .contains("Connected", "Test SMTP passed", "Test IMAP passed");
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void ownerConnectsByALinkAndMendsByAnother() {
    MailUser dee = DOVECOT.user(fresh("dee") + "@partner.test");
    MailUser ben = DOVECOT.freshUser("ben");
    servers("partner.test");
    String agent = agent(fresh("acme"));
    String link = link(Map.of("agent", agent, "providers", List.of("stub")));
    try (BrowserContext context = browser.newContext()) {
      Page page = watched(context);
      page.navigate(link);
      page.click("text=Continue in this browser");
      page.fill("#address", dee.address());
      page.click("button.main");
      picture(page, "link");
      assertThat(page.locator("input[type=password]").count()).isZero();

      consent(page, null, "Deny");
      assertThat(page.innerText("main")).contains("access was denied");
      consent(page, ben.address(), "Allow");
      assertThat(page.innerText("main")).contains("The mailbox was not connected", "failed");
      picture(page, "link-of-somebody-else");
      consent(page, null, "Allow");
      assertThat(page.innerText("h1")).isEqualTo("Your mailbox is connected");

      String account = accountOf(agent);
      assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/oauth/status"))
          .isEqualTo("authorized");
      assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/status")).isEqualTo("active");
      jdbc.sql(
              "UPDATE agent_email_account SET needs_reauthorization_at = now() WHERE id = :id::uuid")
          .param("id", account)
          .update();

      page.navigate(link(Map.of("account", account)));
      page.click("text=Continue in this browser");
      consent(page, ben.address(), "Allow");
      assertThat(page.innerText("main")).contains("Another person consented before");
      consent(page, null, "Allow");
      assertThat(page.innerText("h1")).isEqualTo("Your mailbox is connected");
      assertThat(get(ADMIN_KEY, "/accounts/" + account).text("/status")).isEqualTo("active");
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void holderOfALinkConfirmsWhatItsMakerLetsAnApplicationOpen() throws Exception {
    MailUser box = DOVECOT.user(fresh("robot") + "@partner.test");
    servers("partner.test");
    String organization = fresh("acme");
    String agent = agent(organization);
    application(organization, box);
    try (BrowserContext context = browser.newContext()) {
      Page page = watched(context);
      page.navigate(GATEWAY + "/");
      page.fill("#username", "admin");
      page.fill("#password", CONSOLE_PASSWORD);
      page.click("button");
      page.navigate(GATEWAY + "/console/connect-links?agent=" + agent);
      page.selectOption("#application", "spring:client_credentials");
      page.click("text=Create a connect link");
      assertThat(page.innerText("main")).contains("needs address");
      page.fill("#address", box.address());
      page.selectOption("#application", "spring:client_credentials");
      page.click("text=Create a connect link");
      String link = page.inputValue("#url");

      page.navigate(link);
      assertThat(page.innerText("main"))
          .contains("administrator of your mail provider removes the application's access");
      page.click("text=Continue in this browser");
      picture(page, "application");
      assertThat(page.innerText("main")).contains("Nobody signs in", "you only confirm");
      assertThat(page.locator("input[type=password]").count()).isZero();
      assertThat(page.locator("text=Continue with").count()).isZero();
      page.click("text=Test and connect");
      Chromium.awaitTest(page);
      assertThat(page.innerText("h1")).isEqualTo("Your mailbox is connected");
    }
    assertThat(complaints).isEmpty();
    Answer account = get(ADMIN_KEY, "/accounts/" + accountOf(agent));
    assertThat(account.text("/oauth/kind"))
        .as(account.body().toString())
        .isEqualTo("client_credentials");
    assertThat(account.text("/status")).isEqualTo("active");
    assertThat(
            jdbc.sql(
                    "SELECT DISTINCT actor FROM audit_entry WHERE subject = :id::uuid AND action ="
                        + " 'account.connected'")
                .param("id", account.text("/id"))
                .query(String.class)
                .list())
        .containsExactly("link");
    notices.send();
    assertThat((String) DOVECOT.awaitMessage(box, mail -> true).getContent())
        .contains("nobody; an application of your organization", "ask the administrator")
        .doesNotContain("a password");
  }

  private static void consent(Page page, String user, String decision) {
    page.click("text=Continue with The Stub");
    page.waitForSelector("text=The Stub asks");
    if (user != null) {
      page.fill("[name=login_hint]", user);
    }
    page.click("text=" + decision);
    page.waitForSelector("main");
    Chromium.awaitTest(page);
  }

  private String created(String organization, MailUser user) {
    return created(organization, user, POSTFIX.submissionPort());
  }

  private String created(String organization, MailUser user, int smtpPort) {
    return created(organization, user, smtpPort, Map.of("provider", "stub"));
  }

  private static void signIn(Page page, String user, String decision) {
    page.click("text=Sign in with The Stub");
    page.waitForSelector("text=The Stub asks");
    if (user != null) {
      page.fill("[name=login_hint]", user);
    }
    page.click("text=" + decision);
    page.waitForURL(url -> url.startsWith(GATEWAY));
    page.waitForSelector("main");
    Chromium.awaitTest(page);
  }

  private static void server(Page page, String side, int port, String security) {
    page.fill("[name='" + side + ".host']", "localhost");
    page.fill("[name='" + side + ".port']", String.valueOf(port));
    page.selectOption("[name='" + side + ".security']", security);
    page.selectOption("[name='" + side + ".auth']", "oauth2");
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }
}
