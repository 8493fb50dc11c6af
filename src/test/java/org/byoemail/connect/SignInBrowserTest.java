package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.connection.GatewayMailSender;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.testmail.TestMail;
import org.byoemail.account.testmail.TestMailSearch;
import org.byoemail.account.testmail.TestMails;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.Chromium;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.FreePorts;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.TokenServer;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
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

  @Autowired private Accounts accounts;
  @Autowired private GatewayMailSender sender;
  @Autowired private TestMails testMails;
  @Autowired private TestMailSearch search;

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

  @Test
  void delegateConnectsASharedMailboxFromTheConsole() throws Exception {
    MailUser shared = DOVECOT.freshUser("shared");
    MailUser ann = DOVECOT.freshUser("ann");
    TokenServer.shared().delegate(ann.address(), shared.address());
    String organization = fresh("acme");
    try (BrowserContext context = browser.newContext()) {
      Page page = loggedIn(context);
      newAccount(page, organization, shared);
      page.selectOption("[name='oauth.provider']", "stub");
      page.fill("[name='oauth.user']", ann.address());
      page.click("text=Save");
      assertThat(page.innerText("main")).contains("Who consents", ann.address());

      // The provider proposes whom the account names: the delegate, not the mailbox.
      signIn(page, null, "Allow");

      picture(page, "shared");
      assertThat(page.innerText("main"))
          .contains(
              shared.address() + " is connected by the consent of " + ann.address(),
              "Test SMTP passed",
              "Test IMAP passed");
      enable(page);
    }
    sendsAndReceives(organization, shared);
    assertThat(complaints).isEmpty();
  }

  @Test
  void delegateConnectsASharedMailboxByALink() throws Exception {
    String domain = fresh("d") + ".test";
    MailUser shared = DOVECOT.user("shared@" + domain);
    MailUser ann = DOVECOT.freshUser("ann");
    TokenServer.shared().delegate(ann.address(), shared.address());
    DNS.srv("_imaps._tcp." + domain, 0, 1, DOVECOT.imapsPort(), "localhost")
        .srv("_submission._tcp." + domain, 0, 1, POSTFIX.submissionPort(), "localhost");
    String organization = fresh("acme");
    String link =
        link(
            Map.of(
                "agent",
                agent(organization),
                "address",
                shared.address(),
                "providers",
                List.of("stub")));
    try (BrowserContext context = browser.newContext()) {
      Page page = watched(context);
      page.navigate(link);
      page.click("text=Continue in this browser");

      consent(page, ann.address(), "Allow");

      picture(page, "shared-by-link");
      assertThat(page.innerText("h1")).isEqualTo("Your mailbox is connected");
    }
    sendsAndReceives(organization, shared);
    assertThat(complaints).isEmpty();
  }

  @Test
  void applicationConnectsAMailboxWithoutAnyPerson() throws Exception {
    MailUser shared = DOVECOT.freshUser("app");
    TokenServer.shared().delegate("client_credentials", shared.address());
    String organization = fresh("acme");
    oauthClient(
        Map.of(
            "organization", organization,
            "provider", "test",
            "kind", "client_credentials",
            "clientId", "app-only",
            "secret", TokenServer.CLIENT_SECRET));

    connectedByTheApplication(organization, shared, "client_credentials");

    sendsAndReceives(organization, shared);
  }

  @Test
  void serviceAccountConnectsTheMailboxThatItActsFor() throws Exception {
    MailUser user = DOVECOT.freshUser("user");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    String robot = fresh("robot") + "@project.example.test";
    TokenServer.shared().serviceAccount(robot, (RSAPublicKey) keys.getPublic());
    String organization = fresh("acme");
    oauthClient(
        Map.of(
            "organization",
            organization,
            "provider",
            "test",
            "kind",
            "service_account",
            "secret",
            json(
                Map.of(
                    "type",
                    "service_account",
                    "client_email",
                    robot,
                    "private_key_id",
                    "key-1",
                    "private_key",
                    "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n"))));

    connectedByTheApplication(organization, user, "service_account");

    sendsAndReceives(organization, user);
  }

  private void oauthClient(Map<String, Object> request) {
    Answer made = post(ADMIN_KEY, "/oauth-clients", request);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
  }

  private void connectedByTheApplication(String organization, MailUser mailbox, String kind) {
    try (BrowserContext context = browser.newContext()) {
      Page page = loggedIn(context);
      newAccount(page, organization, mailbox);
      page.selectOption("[name='oauth.provider']", "test");
      page.selectOption("[name='oauth.kind']", kind);
      page.click("text=Save");
      assertThat(page.innerText("main")).contains("The application signs in itself");
      page.click("button:has-text('Test SMTP')");
      Chromium.awaitTest(page);
      assertThat(page.innerText("main")).contains("Test SMTP passed");
      page.click("button:has-text('Test IMAP')");
      Chromium.awaitTest(page);
      assertThat(page.innerText("main")).contains("Test IMAP passed");
      enable(page);
      picture(page, kind);
    }
    assertThat(complaints).isEmpty();
  }

  private Page loggedIn(BrowserContext context) {
    Page page = watched(context);
    page.navigate(GATEWAY + "/");
    page.fill("#username", "admin");
    page.fill("#password", CONSOLE_PASSWORD);
    page.click("button");
    return page;
  }

  /** The form of a new account of an agent, up to its provider. */
  private void newAccount(Page page, String organization, MailUser mailbox) {
    String agent = agent(organization);
    page.navigate(GATEWAY + "/console/accounts/new");
    page.selectOption("[name='agent']", agent);
    page.fill("#address", mailbox.address());
    server(page, "smtp", POSTFIX.submissionPort(), "starttls");
    server(page, "imap", DOVECOT.imapsPort(), "ssl");
  }

  private static void enable(Page page) {
    page.click("text=Enable sending");
    assertThat(page.innerText("main")).contains("Sending is enabled.");
    page.click("text=Enable receiving");
    assertThat(page.innerText("main")).contains("Receiving is enabled.");
  }

  /** By the account's own token: a mail sent by SMTP, and one found by IMAP. */
  private void sendsAndReceives(String organization, MailUser mailbox) throws Exception {
    Account account =
        accounts.list(organization, null, 2).stream()
            .filter(one -> one.address().value().equals(mailbox.address()))
            .findFirst()
            .orElseThrow();
    assertThat(account.isSending() && account.isReceiving()).isTrue();
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO test_mail
              (id, account_id, organization, requested_by, recipient, message_id, requested_at)
            VALUES (:id, :account, :organization, 'test', :address, gen_random_uuid(), now())
            """)
        .param("id", id)
        .param("account", account.id().value())
        .param("organization", organization)
        .param("address", mailbox.address())
        .update();
    MailUser ben = DOVECOT.freshUser("ben");
    MimeMessage mail = new MimeMessage((Session) null);
    mail.setFrom(mailbox.address());
    mail.setRecipients(RecipientType.TO, ben.address());
    mail.setSubject("by token");
    mail.setText("by token");
    mail.setHeader(TestMail.HEADER, id.toString());
    mail.saveChanges();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    mail.writeTo(bytes);

    assertThat(sender.send(account, mail, ben.address())).isNull();
    MimeMessage sent = DOVECOT.awaitMessage(ben, arrived -> true);
    assertThat(sent.getFrom()[0]).hasToString(mailbox.address());
    // Watched folders are not searched, others are.
    DOVECOT.deliver(mailbox.address(), bytes.toByteArray());
    DOVECOT.doveadm("move", "-u", mailbox.address(), "Junk", "mailbox", "INBOX", "all");
    search.look(account, testMails.find(account.id(), id).orElseThrow());

    assertThat(testMails.find(account.id(), id).orElseThrow().folder()).isEqualTo("Junk");
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
