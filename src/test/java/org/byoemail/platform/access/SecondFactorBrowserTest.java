package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.byoemail.support.Accessibility;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.Chromium;
import org.byoemail.support.LoadBalancer;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.ServerCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * A person sets up an authenticator app and a passkey, and logs in with both: in a real browser
 * with an authenticator of its own, at the public address over TLS.
 */
@RequiresPrograms({"chromium", "openssl"})
class SecondFactorBrowserTest extends PersonTest {
  private static final String HOST = "gateway.example.test";
  private static final String GATEWAY = "https://" + HOST;
  private static final Path PICTURES = Path.of("target", "console");

  private static LoadBalancer tls;
  private static Chromium chromium;
  private static Browser browser;

  @LocalServerPort private int port;

  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  static void open() throws IOException, GeneralSecurityException {
    ServerCertificate certificate = CertificateAuthority.shared().issue(HOST);
    tls = new LoadBalancer(certificate.serverContext());
    chromium =
        Chromium.open(
            "--host-resolver-rules=MAP " + HOST + ":443 127.0.0.1:" + tls.port(),
            "--ignore-certificate-errors-spki-list=" + fingerprint(certificate));
    browser = chromium.browser();
  }

  private static String fingerprint(ServerCertificate certificate)
      throws IOException, GeneralSecurityException {
    try (InputStream file = Files.newInputStream(certificate.certificate())) {
      byte[] key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(file)
              .getPublicKey()
              .getEncoded();
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
    }
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void personLogsInWithAnAppAndThenWithAPasskey() {
    tls.to(() -> List.of(port));
    try (BrowserContext context = browser.newContext()) {
      Page page = watched(context);
      password(page);
      String secret = setUpApp(page);
      forgetUsedCodes();
      logOut(page);

      password(page);
      page.waitForURL(GATEWAY + "/login/code");
      Accessibility.check(page);
      picture(page, "login-code");
      page.fill("#code", code(secret));
      page.click("main button:text-is('Log in')");
      page.waitForURL(GATEWAY + "/console/overview");

      authenticator(context, page);
      page.navigate(GATEWAY + "/console/profile");
      page.fill("#passkey-name", "This laptop");
      page.fill("#passkey-password", PASSWORD);
      page.click("text=Add a passkey");
      page.waitForSelector("main:has-text('The passkey is registered.')");
      assertThat(page.innerText("#passkeys")).contains("This laptop", "never");
      Accessibility.check(page);
      picture(page, "profile");
      logOut(page);

      page.click("text=Log in with a passkey");
      page.waitForURL(GATEWAY + "/console/overview");
      page.navigate(GATEWAY + "/console/profile");
      assertThat(page.innerText("#passkeys")).doesNotContain("never");
      onAPhone(page);
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void authenticatorThatDoesNotVerifyThePersonIsOfNoUse() {
    tls.to(() -> List.of(port));
    try (BrowserContext context = browser.newContext()) {
      Page page = context.newPage();
      password(page);
      CDPSession device = authenticator(context, page);
      JsonObject verified = new JsonObject();
      verified.addProperty("authenticatorId", authenticatorId);
      verified.addProperty("isUserVerified", false);
      device.send("WebAuthn.setUserVerified", verified);
      page.navigate(GATEWAY + "/console/profile");
      page.fill("#passkey-password", PASSWORD);

      page.click("text=Add a passkey");

      page.waitForSelector("#passkeys [role=alert]:visible");
      assertThat(page.innerText("#passkeys")).contains("No passkey was used.");
    }
  }

  private String authenticatorId = "";

  private CDPSession authenticator(BrowserContext context, Page page) {
    CDPSession device = context.newCDPSession(page);
    device.send("WebAuthn.enable");
    JsonObject options = new JsonObject();
    options.addProperty("protocol", "ctap2");
    options.addProperty("transport", "internal");
    options.addProperty("hasResidentKey", true);
    options.addProperty("hasUserVerification", true);
    options.addProperty("isUserVerified", true);
    options.addProperty("automaticPresenceSimulation", true);
    JsonObject arguments = new JsonObject();
    arguments.add("options", options);
    authenticatorId =
        device
            .send("WebAuthn.addVirtualAuthenticator", arguments)
            .get("authenticatorId")
            .getAsString();
    return device;
  }

  private Page watched(BrowserContext context) {
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onRequest(
        request -> {
          if (!request.url().startsWith(GATEWAY + "/")) {
            complaints.add("asked for " + request.url());
          }
        });
    return page;
  }

  private void password(Page page) {
    page.navigate(GATEWAY + "/login");
    page.fill("#username", email);
    page.fill("#password", PASSWORD);
    page.click("main button:text-is('Log in')");
    page.waitForURL(url -> !url.endsWith("/login"));
  }

  private String setUpApp(Page page) {
    page.navigate(GATEWAY + "/console/profile");
    page.fill("#begin-password", PASSWORD);
    page.click("#second-factor button");
    page.waitForSelector("svg.qr");
    assertThat(page.locator("svg.qr").boundingBox().width).isGreaterThan(100);
    Accessibility.check(page);
    picture(page, "authenticator-app");
    String secret = page.innerText("#key").replace(" ", "");
    page.fill("#code", code(secret));
    page.click("#second-factor button:text-is('Confirm')");
    page.waitForSelector("#second-factor li >> nth=9");
    picture(page, "recovery-codes");
    return secret;
  }

  private static void logOut(Page page) {
    page.click("text=Log out");
    page.waitForSelector("main:has-text('You are logged out.')");
  }

  private static void onAPhone(Page page) {
    page.setViewportSize(390, 844);
    Accessibility.check(page);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }
}
