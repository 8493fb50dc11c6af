package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.Chromium;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.FreePorts;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.RealAuthorizationServer;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.TokenServer;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A gateway in a real browser, with two providers, and a Dovecot and a Postfix that accept their
 * tokens. Its tests share one context.
 */
@RequiresPrograms("chromium")
abstract class SignInBrowser extends WebTest {
  private static final int PORT = FreePorts.next();
  static final String GATEWAY = "http://localhost:" + PORT;

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  static Browser browser;

  /** What the browser's console said. */
  final List<String> complaints = new ArrayList<>();

  @DynamicPropertySource
  static void gateway(DynamicPropertyRegistry registry) {
    registry.add("server.port", () -> PORT);
    registry.add("byo.public-url", () -> GATEWAY);
    registry.add(
        "byo.connection.trusted-certificates",
        () -> CertificateAuthority.shared().certificate().toString());
    ProviderStub.shared().settings().forEach((name, value) -> registry.add(name, () -> value));
    authorizationServer().settings().forEach((name, value) -> registry.add(name, () -> value));
  }

  /** The provider spring. */
  static RealAuthorizationServer authorizationServer() {
    return RealAuthorizationServer.shared(GATEWAY + "/connect/oauth/callback/spring");
  }

  @BeforeAll
  static void open() {
    browser = Chromium.shared();
  }

  /** A page whose complaints are collected. */
  Page watched(BrowserContext context) {
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") && !message.text().contains("400")) {
            complaints.add(message.text());
          }
        });
    return page;
  }

  /** The servers of a domain are those of this test. */
  static void servers(String domain) {
    DNS.srv("_imaps._tcp." + domain, 0, 1, DOVECOT.imapsPort(), "localhost")
        .srv("_submission._tcp." + domain, 0, 1, POSTFIX.submissionPort(), "localhost");
  }

  /** The URL of a connect link. */
  String link(Map<String, Object> request) {
    Answer link = post(ADMIN_KEY, "/accounts/connect-links", request);
    assertThat(link.status()).as(link.body().toString()).isEqualTo(201);
    return link.text("/url");
  }

  /** An application of the organization opens that mailbox, at the provider spring. */
  void application(String organization, MailUser mailbox) {
    TokenServer.shared().delegate(RealAuthorizationServer.ROBOT, mailbox.address());
    Answer client =
        post(
            ADMIN_KEY,
            "/oauth-clients",
            Map.of(
                "organization",
                organization,
                "provider",
                "spring",
                "kind",
                "client_credentials",
                "clientId",
                RealAuthorizationServer.ROBOT,
                "secret",
                RealAuthorizationServer.ROBOT_SECRET));
    assertThat(client.status()).as(client.body().toString()).isEqualTo(201);
  }

  /** The id of a new account that signs in by OAuth. */
  String created(String organization, MailUser user, int smtpPort, Map<String, ?> oauth) {
    Map<String, Object> account =
        new HashMap<>(RealAccounts.byOauth(smtpPort, DOVECOT.imapsPort()));
    account.put("agent", agent(organization));
    account.put("address", user.address());
    account.put("oauth", oauth);
    Answer made = post(ADMIN_KEY, "/accounts", account);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return made.text("/id");
  }

  /** The only account of an agent. */
  String accountOf(String agent) {
    return jdbc.sql("SELECT id::text FROM agent_email_account WHERE agent_id = :agent::uuid")
        .param("agent", agent)
        .query(String.class)
        .single();
  }
}
