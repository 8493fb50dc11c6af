package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.Accessibility;
import org.byoemail.support.Chromium;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A newcomer's way through the console, in a real browser. Leaves pictures in target. */
@RequiresPrograms("chromium")
class ConsoleBrowserTest extends WebTest {
  private static final String PASSWORD = "a long enough password";
  private static final Path PICTURES = Path.of("target", "console");

  @RegisterExtension static final GreenMailServer SERVER = GreenMailServer.shared();

  private static Browser browser;

  @LocalServerPort private int port;

  @BeforeAll
  static void open() {
    browser = Chromium.shared();
  }

  @Test
  void newcomerBringsAMailboxAndLooksAround() {
    MailUser ada = SERVER.freshUser("ada");
    List<String> complaints = new ArrayList<>();
    try (BrowserContext context = browser.newContext()) {
      Page page = context.newPage();
      page.onConsoleMessage(
          message -> {
            if (message.type().equals("error")) {
              complaints.add(message.text());
            }
          });
      page.onRequest(
          request -> {
            if (!request.url().matches("(http://localhost:" + port + "/|data:|blob:).*")) {
              complaints.add("asked for " + request.url());
            }
          });
      page.navigate("http://localhost:" + port + "/");
      Accessibility.check(page);
      picture(page, "login");
      page.fill("#username", "admin");
      page.fill("#password", CONSOLE_PASSWORD);
      page.click("button");

      trafficIsDrawn(page);
      page.click("text=New account");
      picture(page, "new-account");
      page.fill("#newAgent", "Ada's agent");
      page.fill("#address", ada.address());
      server(page, "smtp", SERVER.smtpPort(), ada);
      server(page, "imap", SERVER.imapPort(), ada);
      page.click("text=Save");
      page.click("text=Test SMTP");
      Chromium.awaitTest(page);
      assertThat(page.innerText("main")).contains("Test SMTP passed");
      picture(page, "test-smtp");
      page.click("text=Enable sending");
      page.click("text=Test IMAP");
      Chromium.awaitTest(page);
      page.click("text=Enable receiving");
      assertThat(page.innerText("main")).contains("Receiving is enabled.");
      picture(page, "account");
      Accessibility.check(page);

      String account = page.url().substring(page.url().lastIndexOf('/') + 1);
      post(ADMIN_KEY, "/messages", submission(ada));
      UUID received =
          new StoredMail(jdbc)
              .ingested(
                  UUID.fromString(account),
                  "A letter",
                  "Dear Ada",
                  "<p>Dear <b>Ada</b></p><script>document.title = 'taken'</script>"
                      + "<img src='http://localhost:1/spy.png' onerror='document.title = 1'>");

      page.click("nav >> text=Outbox");
      picture(page, "outbox");
      page.click("text=To be sent");
      assertThat(page.innerText("main")).contains("queued", "ben@else.test", "Send me.");
      picture(page, "message");
      Accessibility.check(page);
      page.click("main >> text=" + ada.address() + " >> nth=-1");
      assertThat(page.url()).endsWith("/console/accounts/" + account);
      sendingIsPaused(page);

      page.click("nav >> text=Inbox");
      picture(page, "inbox");
      page.click("text=A letter");
      assertThat(page.url()).contains("/console/inbox/");
      assertThat(page.innerText("main")).contains("not authentic", "Dear Ada");
      assertThat(page.frameLocator("iframe.mail").locator("b").innerText()).isEqualTo("Ada");
      assertThat(page.frameLocator("iframe.mail").locator("script, img").count()).isZero();
      picture(page, "mail");
      Accessibility.check(page);
      page.click("text=all its messages");
      assertThat(page.innerText("main")).contains("A letter");
      page.navigate("http://localhost:" + port + "/console/messages/" + received + "/html");
      assertThat(page.title()).isEqualTo("Mail");
      page.goBack();

      for (String section : List.of("Accounts", "Agents", "Bounces", "Quarantine", "Events")) {
        page.click("nav a:text-is('" + section + "')");
        assertThat(page.innerText("h1")).isEqualTo(section);
        picture(page, section.toLowerCase(Locale.ROOT));
      }
      page.click("nav >> text=API keys");
      page.click("text=Create a key");
      page.fill("#name", "browser");
      page.check("[name='permissions'][value='messages:read']");
      picture(page, "new-api-key");
      page.click("text=Create >> nth=-1");
      String key = page.inputValue("#secret");
      assertThat(get(key, "/messages").status()).isEqualTo(200);
      assertThat(get(key, "/accounts").status()).isEqualTo(403);
      picture(page, "api-keys");
      page.reload();
      assertThat(page.content()).doesNotContain(key);
      page.fill(".search input", ada.address());
      page.press(".search input", "Enter");
      assertThat(page.innerText("main")).contains("account", "agent", "Ada's agent");
      picture(page, "search");
      Accessibility.check(page);
      page.fill(".search input", received.toString());
      page.press(".search input", "Enter");
      page.click("main >> text=A letter");
      assertThat(page.url()).contains("/console/inbox/");
      onAPhone(page);
      page.click("text=Log out");
      assertThat(page.innerText("main")).contains("You are logged out.");
      page.navigate("http://localhost:" + port + "/console/accounts");
      assertThat(page.url()).endsWith("/login");
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void colleagueIsInvitedAndSeesWhatTheirRoleAndOrganizationAllow() {
    String ours = fresh("ours");
    String login = ours + "@people.test";
    String own = fresh("Our agent");
    String foreign = fresh("Their agent");
    post(ADMIN_KEY, "/agents", Map.of("name", own, "organization", ours));
    String other =
        post(ADMIN_KEY, "/agents", Map.of("name", foreign, "organization", fresh("theirs")))
            .text("/id");
    String home = "http://localhost:" + port;
    String invitation;
    try (BrowserContext context = browser.newContext()) {
      Page page = context.newPage();
      logIn(page, "admin", CONSOLE_PASSWORD);
      page.click("nav a:text-is('People')");
      if (page.locator("details[open] >> #email").count() == 0) {
        page.click("text=Invite a person");
      }
      page.fill("#email", login);
      page.fill("#name", "Eva");
      page.check("[name='roles'][value='reviewer']");
      page.fill("#organization", ours);
      picture(page, "invite");
      page.click("button:text-is('Invite')");
      invitation = page.inputValue("#url");
      page.reload();
      assertThat(page.content()).doesNotContain(invitation);
    }

    try (BrowserContext context = browser.newContext()) {
      Page page = context.newPage();
      String path = invitation.substring(invitation.indexOf("/invitations/"));
      page.navigate(home + path);
      assertThat(page.innerText("main")).contains("Welcome, Eva", login);
      Accessibility.check(page);
      picture(page, "invitation");
      page.fill("#password", PASSWORD);
      page.fill("#again", PASSWORD);
      page.click("button:text-is('Set the password')");
      assertThat(page.url()).endsWith("/login?invited");
      logIn(page, login, PASSWORD);

      List<String> sections =
          page.locator("#sections a").all().stream().map(one -> one.innerText().strip()).toList();
      assertThat(sections)
          .contains("Reviews", "Agents", "Inbox")
          .doesNotContain("People", "API keys", "Nodes", "Routes");
      page.click("nav a:text-is('Agents')");
      assertThat(page.innerText("main")).contains(own).doesNotContain(foreign);
      picture(page, "agents-of-a-colleague");
      assertThat(page.navigate(home + "/console/agents/" + other).status()).isEqualTo(404);
      assertThat(page.navigate(home + "/console/people").status()).isEqualTo(403);
      assertThat(page.navigate(home + path).status()).isEqualTo(404);
    }
  }

  private void logIn(Page page, String name, String password) {
    page.navigate("http://localhost:" + port + "/login");
    page.fill("#username", name);
    page.fill("#password", password);
    page.click("button");
    assertThat(page.url()).contains("/console");
  }

  /** Charts of what all nodes counted, with the same numbers as a table. */
  private void trafficIsDrawn(Page page) {
    jdbc.sql(
            """
            INSERT INTO traffic (step, at, measure, label, count)
            SELECT step, date_trunc(step, statement_timestamp(), 'UTC') - n * ('1 ' || step)::interval, measure, label,
              (2 + sin(n / 5.0)) * many
            FROM unnest('{minute,hour}'::text[]) AS step, generate_series(0, 23) AS n,
              (VALUES ('sent', 'gmail', 9), ('sent', 'microsoft', 5), ('sent', 'other', 3), ('received', 'ingested', 12),
                ('failed', 'deferred', 2), ('failed', 'bounced: no-such-user', 1)) AS made (measure, label, many)
            ON CONFLICT DO NOTHING
            """)
        .update();
    page.navigate("http://localhost:" + port + "/console/overview");
    assertThat(page.locator(".chart canvas").count()).isEqualTo(3);
    picture(page, "overview");
    page.click("text=Last day");
    page.click("text=As a table >> nth=0");
    assertThat(page.innerText("figure >> nth=0")).contains("received", "sent");
    assertThat(page.locator("figure >> nth=0 >> tbody tr").count()).isEqualTo(24);
    jdbc.sql("DELETE FROM traffic WHERE label NOT LIKE 'provider-%'").update();
  }

  private static Map<String, Object> submission(MailUser from) {
    return Map.of(
        "from",
        from.address(),
        "to",
        List.of("ben@else.test"),
        "subject",
        "To be sent",
        "text",
        "Send me.");
  }

  private static void server(Page page, String side, int port, MailUser user) {
    page.fill("[name='" + side + ".host']", SERVER.host());
    page.fill("[name='" + side + ".port']", String.valueOf(port));
    page.selectOption("[name='" + side + ".security']", "none");
    page.fill("[name='" + side + ".username']", user.address());
    page.fill("[name='" + side + ".password']", user.password());
  }

  /** The pause has to be confirmed, and every page shows it. */
  private void sendingIsPaused(Page page) {
    page.click("nav >> text=Outbox");
    page.click("text=Pause all sending");
    picture(page, "pause");
    page.click("main button >> text=Pause all sending");
    page.click("nav >> text=Conversations");
    assertThat(page.innerText("main")).contains("All sending is paused by admin");
    picture(page, "conversations");
    page.click("text=Resume it in the outbox");
    page.click("text=Resume all sending");
    assertThat(page.innerText("main")).contains("Sending is resumed.").doesNotContain("paused by");
  }

  /** At 390 px the sections fold into a menu, and no page is wider than the screen. */
  private void onAPhone(Page page) {
    page.waitForLoadState();
    List<String> paths =
        page.locator("#sections a").all().stream().map(link -> link.getAttribute("href")).toList();
    assertThat(paths).hasSizeGreaterThan(15);
    for (String path : paths) {
      page.navigate("http://localhost:" + port + path);
      Accessibility.check(page);
    }
    page.setViewportSize(390, 844);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    for (String path : paths) {
      page.navigate("http://localhost:" + port + path);
      Accessibility.check(page);
      assertThat(page.evaluate("document.documentElement.scrollWidth")).as(path).isEqualTo(390);
      assertThat(page.isVisible("#sections")).as(path).isFalse();
    }
    page.click("text=Menu");
    assertThat(page.isVisible("#sections")).isTrue();
    page.click("#sections >> text=Overview");
    picture(page, "overview-phone-dark");
    page.setViewportSize(1280, 720);
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }
}
