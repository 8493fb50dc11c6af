package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.Chromium;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.FreePorts;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A mailbox is connected by a sign-in at its provider, in a real browser, with a Dovecot and a
 * Postfix that let in whoever has a token. Leaves pictures in target.
 */
@RequiresPrograms("chromium")
class SignInBrowserTest extends WebTest {
  private static final Path PICTURES = Path.of("target", "sign-in");
  private static final int PORT = FreePorts.next();
  private static final String GATEWAY = "http://localhost:" + PORT;

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  private static Chromium chromium;
  private static Browser browser;

  private final List<String> complaints = new ArrayList<>();

  @DynamicPropertySource
  static void gateway(DynamicPropertyRegistry registry) {
    registry.add("server.port", () -> PORT);
    registry.add("byo.public-url", () -> GATEWAY);
    registry.add(
        "byo.connection.trusted-certificates",
        () -> CertificateAuthority.shared().certificate().toString());
    ProviderStub.shared().settings().forEach((name, value) -> registry.add(name, () -> value));
  }

  @BeforeAll
  static void open() {
    chromium = Chromium.open();
    browser = chromium.browser();
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

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
      page.waitForSelector("main");
      picture(page, "done");
      assertThat(page.innerText("main"))
          .contains("Connected", "Test SMTP passed", "Test IMAP passed");
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
  void ownerConnectsByALinkAndMendsByAnother() {
    MailUser dee = DOVECOT.user(fresh("dee") + "@partner.test");
    MailUser ben = DOVECOT.freshUser("ben");
    DNS.srv("_imaps._tcp.partner.test", 0, 1, DOVECOT.imapsPort(), "localhost")
        .srv("_submission._tcp.partner.test", 0, 1, POSTFIX.submissionPort(), "localhost");
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

      String account = account(agent);
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

  private String link(Map<String, Object> request) {
    Answer link = post(ADMIN_KEY, "/accounts/connect-links", request);
    assertThat(link.status()).as(link.body().toString()).isEqualTo(201);
    return link.text("/url");
  }

  private String account(String agent) {
    return jdbc.sql("SELECT id::text FROM agent_email_account WHERE agent_id = :agent::uuid")
        .param("agent", agent)
        .query(String.class)
        .single();
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
    Map<String, Object> smtp =
        Map.of(
            "host", "localhost",
            "port", POSTFIX.submissionPort(),
            "security", "starttls",
            "auth", "oauth2");
    Map<String, Object> imap =
        Map.of(
            "host", "localhost",
            "port", DOVECOT.imapsPort(),
            "security", "ssl",
            "auth", "oauth2");
    return post(
            ADMIN_KEY,
            "/accounts",
            Map.of(
                "agent", agent(organization),
                "address", user.address(),
                "smtp", smtp,
                "imap", imap,
                "oauth", Map.of("provider", "stub")))
        .text("/id");
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

  private Page watched(BrowserContext context) {
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") && !message.text().contains("400")) {
            complaints.add(message.text());
          }
        });
    return page;
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
