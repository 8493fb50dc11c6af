package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.ApiClient;
import org.byoemail.support.Chromium;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.Services;
import org.byoemail.support.TokenServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Mailboxes are connected in a real browser, from the console and by connect links; then the
 * gateway sends and receives their mail. The pages of owners are behind a load balancer that leads
 * to any node. Run over the nodes of {@link ClusterFaultsIT}.
 */
abstract class ClusterBrowser {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  private final Cluster cluster;
  private final ApiClient api;
  private Chromium chromium;
  private BrowserContext context;
  private Page page;

  ClusterBrowser(Cluster cluster) {
    this.cluster = cluster;
    this.api = cluster.node("a").api();
  }

  @BeforeEach
  void open() {
    chromium = Chromium.open();
    Browser browser = chromium.browser();
    context = browser.newContext();
    page = context.newPage();
    page.setDefaultTimeout(PATIENCE.toMillis());
  }

  @AfterEach
  void close() {
    chromium.close();
  }

  private String console(String node) {
    return "http://localhost:" + cluster.node(node).httpPort();
  }

  private void logIn(String url) {
    page.navigate(url);
    assertThat(page.url()).endsWith("/login");
    page.fill("#username", "admin");
    page.fill("#password", Services.CONSOLE_PASSWORD);
    page.click("button");
  }

  @Test
  void hawtioShowsTheGatewaysBeansBehindTheConsolesLogin() {
    List<String> complaints = new ArrayList<>();
    logIn(console("a") + "/actuator/hawtio/");
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });

    page.navigate(console("a") + "/actuator/hawtio/jmx");
    page.click("text=Expand all");
    page.click("text=SendingPause");
    page.waitForSelector("text=Paused");

    assertThat(complaints).isEmpty();
  }

  /** At one node, and up to the first sign-in, at each build: {@code SignInBrowserTest}. */
  @Test
  @Tag("faults")
  void mailboxesThatAreConnectedFromTheConsoleSendAndReceive() {
    String console = console("b");
    logIn(console + "/");

    MailUser byPassword = DOVECOT.freshUser("password");
    newAccount(console, byPassword, "plain");
    for (String side : List.of("smtp", "imap")) {
      page.fill("[name='" + side + ".username']", byPassword.address());
      page.fill("[name='" + side + ".password']", byPassword.password());
    }
    page.click("text=Save");
    test();
    enable();

    MailUser byCode = DOVECOT.freshUser("code");
    newAccount(console, byCode, "oauth2");
    page.selectOption("[name='oauth.provider']", "stub");
    page.click("text=Save");
    consent("Sign in with The Stub", null);
    awaitAuthorized(byCode);
    page.navigate(console + "/console/accounts/" + account(byCode));
    enable();

    MailUser shared = DOVECOT.freshUser("shared");
    MailUser delegate = DOVECOT.freshUser("delegate");
    TokenServer.shared().delegate(delegate.address(), shared.address());
    newAccount(console, shared, "oauth2");
    page.selectOption("[name='oauth.provider']", "stub");
    page.fill("[name='oauth.user']", delegate.address());
    page.click("text=Save");
    assertThat(page.innerText("main")).contains("Who consents", delegate.address());
    // The provider proposes whom the account names: the delegate, not the mailbox.
    consent("Sign in with The Stub", null);
    awaitAuthorized(shared);
    page.navigate(console + "/console/accounts/" + account(shared));
    assertThat(page.innerText("main")).doesNotContain("nobody has signed in yet");
    enable();

    MailUser ofApplication = DOVECOT.freshUser("app");
    TokenServer.shared().delegate("client_credentials", ofApplication.address());
    ofApplication(console, ofApplication, "client_credentials", TokenServer.CLIENT_SECRET);

    MailUser ofRobot = DOVECOT.freshUser("robot");
    ofApplication(console, ofRobot, "service_account", ServiceAccount.known().json());

    sendAndReceive(List.of(byPassword, byCode, shared, ofApplication, ofRobot));
  }

  /** An account whose application signs in itself, by a client of an organisation of its own. */
  private void ofApplication(String console, MailUser user, String kind, String secret) {
    String organization = kind + "-" + UUID.randomUUID();
    client(organization, kind, secret);
    newAccount(console, user, "oauth2", organization);
    page.selectOption("[name='oauth.provider']", "test");
    page.selectOption("[name='oauth.kind']", kind);
    page.click("text=Save");
    assertThat(page.innerText("main")).contains("The application signs in itself");
    test();
    enable();
  }

  private void client(String organization, String kind, String secret) {
    Map<String, String> client =
        new HashMap<>(
            Map.of(
                "organization", organization, "provider", "test", "kind", kind, "secret", secret));
    if (kind.equals("client_credentials")) {
      client.put("clientId", "app-only");
    }
    ApiClient.expect(201, api.post("/oauth-clients", client));
  }

  /** Over several nodes, without scripts, at each build: {@link ClusterAccounts}. */
  @Test
  @Tag("faults")
  void mailboxesThatAreConnectedByLinksSendAndReceive() {
    String domain = "d" + UUID.randomUUID().toString().substring(0, 8) + ".test";
    ClusterAccounts.DNS
        .srv("_imaps._tcp." + domain, 0, 1, DOVECOT.imapsPort(), "localhost")
        .srv("_submission._tcp." + domain, 0, 1, POSTFIX.submissionPort(), "localhost");
    MailUser byPassword = DOVECOT.user("password@" + domain);
    page.navigate(link(byPassword, "password"));
    page.click("text=Continue in this browser");
    page.fill("#password", byPassword.password());
    page.click("text=Test and connect");
    awaitConnected(byPassword);

    MailUser byCode = DOVECOT.freshUser("code");
    page.navigate(link(byCode, "stub"));
    page.click("text=Continue in this browser");
    consent("Continue with The Stub", null);
    awaitConnected(byCode);

    MailUser shared = DOVECOT.freshUser("shared");
    MailUser delegate = DOVECOT.freshUser("delegate");
    TokenServer.shared().delegate(delegate.address(), shared.address());
    page.navigate(link(shared, "stub"));
    page.click("text=Continue in this browser");
    consent("Continue with The Stub", delegate.address());
    awaitConnected(shared);

    MailUser ofApplication = DOVECOT.user("app@" + domain);
    TokenServer.shared().delegate("client_credentials", ofApplication.address());
    confirmed(ofApplication, "client_credentials", TokenServer.CLIENT_SECRET);

    MailUser ofRobot = DOVECOT.user("robot@" + domain);
    confirmed(ofRobot, "service_account", ServiceAccount.known().json());

    sendAndReceive(List.of(byPassword, byCode, shared, ofApplication, ofRobot));
  }

  /** An application's access, which the maker of the link has named, and its holder confirms. */
  private void confirmed(MailUser user, String kind, String secret) {
    String organization = kind + "-" + UUID.randomUUID();
    client(organization, kind, secret);
    page.navigate(link(agent(user, organization), user, "test:" + kind));
    page.click("text=Continue in this browser");
    assertThat(page.innerText("main")).contains("Nobody signs in");
    page.click("text=Test and connect");
    awaitConnected(user);
  }

  private String link(MailUser user, String provider) {
    return link(api.openAgent(user.address()), user, provider);
  }

  private String link(String agent, MailUser user, String provider) {
    return ApiClient.expect(
            201,
            api.post(
                "/accounts/connect-links",
                Map.of(
                    "agent", agent,
                    "address", user.address(),
                    "providers", List.of(provider))))
        .text("url");
  }

  /** The page at the node that the balancer chose asks for a login: the console is elsewhere. */
  private void awaitAuthorized(MailUser user) {
    await("the sign-in of " + user.address())
        .atMost(PATIENCE)
        .until(
            () -> api.get("/accounts/" + account(user)).body().at("/oauth/status").asText(),
            "authorized"::equals);
  }

  private void awaitConnected(MailUser user) {
    page.waitForSelector("h1:has-text('Your mailbox is connected')");
    assertThat(api.get("/accounts/" + account(user)).text("status")).isEqualTo("active");
  }

  private void newAccount(String console, MailUser user, String auth) {
    newAccount(console, user, auth, "flow");
  }

  private void newAccount(String console, MailUser user, String auth, String organization) {
    String agent = agent(user, organization);
    page.navigate(console + "/console/accounts/new");
    page.selectOption("[name='agent']", agent);
    page.fill("#address", user.address());
    server("smtp", POSTFIX.submissionPort(), "starttls", auth);
    server("imap", DOVECOT.imapsPort(), "ssl", auth);
  }

  private String agent(MailUser user, String organization) {
    return ApiClient.expect(
            201,
            api.post(
                "/agents",
                Map.of(
                    "name",
                    user.address(),
                    "organization",
                    organization,
                    "contactPolicy",
                    Map.of("inbound", "open"))))
        .text("id");
  }

  private void server(String side, int port, String security, String auth) {
    page.fill("[name='" + side + ".host']", "localhost");
    page.fill("[name='" + side + ".port']", String.valueOf(port));
    page.selectOption("[name='" + side + ".security']", security);
    page.selectOption("[name='" + side + ".auth']", auth);
  }

  private void test() {
    for (String side : List.of("SMTP", "IMAP")) {
      page.click("button:has-text('Test " + side + "')");
      page.waitForSelector("text=Test " + side + " passed");
    }
  }

  private void enable() {
    page.click("text=Enable sending");
    page.waitForSelector("text=Sending is enabled.");
    page.click("text=Enable receiving");
    page.waitForSelector("text=Receiving is enabled.");
  }

  /**
   * Consents at the provider, until the browser is back.
   *
   * @param user who consents; null: whom the provider proposes
   */
  private void consent(String button, String user) {
    page.click("text=" + button);
    page.waitForSelector("text=The Stub asks");
    if (user != null) {
      page.fill("[name=login_hint]", user);
    }
    page.click("text=Allow");
    page.waitForURL(url -> url.startsWith(ClusterAccounts.BALANCER.url()));
    page.waitForSelector("main");
  }

  private String account(MailUser user) {
    return database()
        .sql(
            """
            SELECT a.id::text FROM agent_email_account a JOIN endpoint e ON e.id = a.endpoint_id
            WHERE e.address = :address
            """)
        .param("address", user.address())
        .query(String.class)
        .single();
  }

  /** Each sends a mail, and the gateway receives one that arrived in its mailbox. */
  private void sendAndReceive(List<MailUser> users) {
    MailUser ben = DOVECOT.freshUser("ben");
    String name = "browser-" + UUID.randomUUID();
    for (MailUser user : users) {
      String subject = name + " " + user.address();
      ApiClient.expect(
          202,
          api.post(
              "/messages",
              Map.of(
                  "id",
                  subject,
                  "from",
                  user.address(),
                  "to",
                  List.of(ben.address()),
                  "subject",
                  subject,
                  "body",
                  "Text.")));
      DOVECOT.deliver(
          "s@else.test",
          user.address(),
          List.of(
              ("From: s@else.test\r\nSubject: "
                      + subject
                      + "\r\nMessage-ID: <"
                      + UUID.randomUUID()
                      + "@else.test>\r\n\r\nText.\r\n")
                  .getBytes(StandardCharsets.UTF_8)));
    }
    for (MailUser user : users) {
      String subject = name + " " + user.address();
      assertThat(DOVECOT.awaitMessage(ben, mail -> subject.equals(OwnerSignIns.subject(mail))))
          .isNotNull();
      await("message.received of " + user.address())
          .atMost(PATIENCE)
          .until(() -> received(account(user)), subjects -> subjects.contains(subject));
    }
    assertThat(DOVECOT.messages(ben)).hasSize(users.size());
  }

  /** The subjects of what the events of an account tell of. */
  private List<String> received(String account) {
    return database()
        .sql(
            """
            SELECT m.subject FROM event e JOIN message m ON m.id = e.message_id
            WHERE e.type = 'message.received' AND e.account_id = :account::uuid
            """)
        .param("account", account)
        .query(String.class)
        .list();
  }

  private JdbcClient database() {
    return JdbcClient.create(cluster.services().postgres().dataSource());
  }
}
