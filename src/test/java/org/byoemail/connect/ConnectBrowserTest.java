package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.Chromium;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The owner of a mailbox connects it on a phone, in a real browser without JavaScript, at real
 * servers. Leaves pictures in target.
 */
@RequiresPrograms("chromium")
class ConnectBrowserTest extends WebTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  private static final Path PICTURES = Path.of("target", "connect");
  private static final int WIDTH = 390;

  private static Browser browser;

  @LocalServerPort private int port;

  @BeforeAll
  static void open() {
    browser = Chromium.shared();
  }

  @Test
  void ownerConnectsAMailboxOnAPhone() {
    MailUser ada = DOVECOT.user(fresh("ada") + "@partner.test");
    DNS.srv("_imaps._tcp.partner.test", 0, 1, DOVECOT.imapsPort(), "localhost")
        .srv("_submission._tcp.partner.test", 0, 1, POSTFIX.submissionPort(), "localhost");
    String agent = agent(fresh("Acme"));
    String url =
        post(
                ADMIN_KEY,
                "/accounts/connect-links",
                Map.of("agent", agent, "returnUrl", RETURN_URL, "state", "42"))
            .text("/url");
    List<String> complaints = new ArrayList<>();
    try (BrowserContext context = phone()) {
      Page page = context.newPage();
      page.onConsoleMessage(
          message -> {
            if (message.type().equals("error")) {
              complaints.add(message.text());
            }
          });
      page.navigate("http://localhost:" + port + URI.create(url).getPath());
      picture(page, "begin");
      page.click("text=Continue in this browser");
      page.fill("#address", ada.address());
      picture(page, "address");
      page.click("button.main");
      assertThat(page.innerText("main"))
          .contains("The password is sent to localhost, unless", "DNS names");
      page.click("summary");
      assertThat(page.inputValue("[name='imap.port']"))
          .isEqualTo(String.valueOf(DOVECOT.imapsPort()));
      assertThat(page.inputValue("[name='smtp.security']")).isEqualTo("starttls");
      page.fill("#password", "not-the-password");
      picture(page, "sign-in");
      page.click("text=Test and connect");
      Chromium.awaitTest(page);
      assertThat(page.innerText("main")).contains("The mailbox was not connected");
      assertThat(page.inputValue("#password")).isEmpty();
      picture(page, "refused");
      page.fill("#password", ada.password());
      page.click("text=Test and connect");
      Chromium.awaitTest(page);
      assertThat(page.innerText("h1")).isEqualTo("Your mailbox is connected");
      picture(page, "connected");
      assertThat(page.getAttribute("a.button.main", "href"))
          .startsWith(RETURN_URL + "?outcome=connected&state=42&account=");
    }
    assertThat(complaints).isEmpty();
    secondBrowserIsToldThatTheLinkWasUsed(url);
  }

  @Test
  void ownerSeesEachStepWhenItHappens() {
    String secret = fresh("secret-");
    try (ScriptedSmtpServer slow = new ScriptedSmtpServer();
        BrowserContext context = phone()) {
      slow.offering("STARTTLS", "AUTH PLAIN")
          .withStartTls(CertificateAuthority.shared().issueOnlyFor("localhost"))
          .answer("NOOP", ScriptedSmtpServer.HELD);
      String url =
          post(
                  ADMIN_KEY,
                  "/accounts/connect-links",
                  Map.of("agent", agent(fresh("Acme")), "servers", "any"))
              .text("/url");
      Page page = context.newPage();
      page.navigate("http://localhost:" + port + URI.create(url).getPath());
      page.click("text=Continue in this browser");
      page.fill("#address", fresh("ada") + "@unknown.test");
      page.click("button.main");
      page.fill("#password", secret);
      for (String side : List.of("smtp", "imap")) {
        page.fill("[name='" + side + ".host']", "localhost");
        page.fill("[name='" + side + ".port']", String.valueOf(slow.port()));
        page.selectOption("[name='" + side + ".security']", "starttls");
      }
      page.click("text=Test and connect");
      page.waitForSelector("li:has-text('noop') >> text=now");
      picture(page, "testing");
      assertThat(page.innerText("main"))
          .contains("auth", "signed in", "the certificate is valid for localhost")
          .doesNotContain(secret, "reading (IMAP)");
      slow.release();
      page.waitForSelector("h2:has-text('reading (IMAP)')");
      Chromium.awaitTest(page);
      assertThat(page.innerText("main")).contains("The mailbox was not connected", "greeting");
      assertThat(page.inputValue("[name='imap.port']")).isEqualTo(String.valueOf(slow.port()));
      assertThat(page.inputValue("#password")).isEmpty();
    }
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM test_run WHERE test_run::text LIKE '%' || :secret || '%'")
                .param("secret", secret)
                .query(Integer.class)
                .single())
        .isZero();
  }

  private void secondBrowserIsToldThatTheLinkWasUsed(String url) {
    try (BrowserContext context = phone()) {
      Page page = context.newPage();
      page.navigate("http://localhost:" + port + URI.create(url).getPath());
      assertThat(page.innerText("h1")).isEqualTo("This link was used");
      picture(page, "used");
    }
  }

  private static BrowserContext phone() {
    return browser.newContext(
        new Browser.NewContextOptions()
            .setViewportSize(WIDTH, 844)
            .setColorScheme(ColorScheme.DARK)
            .setJavaScriptEnabled(false));
  }

  /** A page that is wider than the phone would have to be pushed about. */
  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
    // A page that waits for something loads itself again: it has no box in between.
    await(name)
        .pollInSameThread()
        .ignoreException(NullPointerException.class)
        .untilAsserted(
            () -> assertThat(page.locator("main").boundingBox().width).isLessThanOrEqualTo(WIDTH));
  }
}
