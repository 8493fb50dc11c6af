package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.link.ConnectNoticeIds;
import org.byoemail.account.link.ConnectNotices;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.LinkBrowser;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.TokenServer;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What the holder of a connect link can do, against Postfix and Dovecot, and what nobody can. */
class ConnectLinkTest extends WebTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  /** Whose servers are those of the tests. */
  private static final String DOMAIN = "applications.test";

  private static final String STATE = "a b&account=c\"<d>/ä";

  @LocalServerPort private int port;
  @Autowired private ConnectNotices notices;
  @Autowired private ConnectLinks links;

  private String organization;
  private String agent;
  private MailUser ada;

  /** Of a known provider: its servers are proposed at once, and nobody else is asked. */
  @BeforeAll
  static void provider() {
    DNS.mx("example.test", 10, "in1-smtp.messagingengine.com")
        .srv("_imaps._tcp." + DOMAIN, 0, 1, DOVECOT.imapsPort(), "localhost")
        .srv("_submission._tcp." + DOMAIN, 0, 1, POSTFIX.submissionPort(), "localhost");
  }

  @BeforeEach
  void agent() {
    organization = fresh("acme");
    agent = agent(organization);
    ada = DOVECOT.freshUser("ada");
  }

  @Test
  void passwordConnectsTheMailboxAndLeadsBack() throws Exception {
    Answer link = link(Map.of("returnUrl", RETURN_URL, "state", STATE));
    LinkBrowser browser = browser(link);

    browser.open();
    browser.submit("begin");
    browser.submit("address", "address", ada.address());
    HttpResponse<String> done = connect(browser, ada.password());

    assertThat(done.body()).contains("Your mailbox is connected", "Continue to platform.example");
    Answer used = get(ADMIN_KEY, "/accounts/connect-links/" + link.text("/id"));
    assertThat(used.text("/status")).isEqualTo("used");
    assertThat(done.body())
        .contains(
            "href=\""
                + RETURN_URL
                + "?outcome=connected&amp;state=a+b%26account%3Dc%22%3Cd%3E%2F%C3%A4&amp;account="
                + used.text("/account")
                + "\"");
    Answer account = get(ADMIN_KEY, "/accounts/" + used.text("/account"));
    assertThat(account.text("/address")).isEqualTo(ada.address());
    assertThat(account.text("/agent")).isEqualTo(agent);
    assertThat(account.body().path("outboundEnabled").asBoolean()).isTrue();
    assertThat(account.body().path("inboundEnabled").asBoolean()).isTrue();
    assertThat(account.text("/status")).isEqualTo("active");
    assertThat(done.body()).doesNotContain(ada.password());
    JsonNode entries = get(ADMIN_KEY, "/audit?subject=" + used.text("/account")).body();
    assertThat(entries.path("items")).isNotEmpty();
    for (JsonNode entry : entries.path("items")) {
      assertThat(entry.at("/actor/kind").asText()).as(entry.toString()).isEqualTo("link");
      assertThat(entry.at("/actor/id").asText()).isEqualTo(link.text("/id"));
    }
  }

  @Test
  void ownerIsToldByAMailThatHasNoLink() throws Exception {
    connected(link(Map.of("address", ada.address())), ada);

    notices.send();

    MimeMessage notice = DOVECOT.awaitMessage(ada, mail -> true);
    String id = notice.getHeader(ConnectNoticeIds.HEADER)[0];
    assertThat(notice.getMessageID()).startsWith("<byo-connect." + id + "@");
    assertThat(notice.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat((String) notice.getContent())
        .contains(organization, "app password", "To undo it")
        .doesNotContain("http", "connect/");
    notices.send();
    assertThat(DOVECOT.messages(ada)).hasSize(1);
  }

  @Test
  void wrongPasswordStoresNothingAndMayBeTriedAgain() {
    Answer link = link(Map.of("address", ada.address()));
    LinkBrowser browser = begun(link);

    HttpResponse<String> refused = connect(browser, "not-the-password");

    assertThat(refused.body())
        .contains("The mailbox was not connected", "failed")
        .doesNotContain("not-the-password");
    assertThat(accounts()).isZero();
    assertThat(connect(browser, ada.password()).body()).contains("Your mailbox is connected");
    assertThat(accounts()).isOne();
  }

  @Test
  void askingForThePageUsesNothingUp() {
    Answer link = link(Map.of());

    for (int i = 0; i < 3; i++) {
      assertThat(browser(link).open().body()).contains("Continue in this browser");
    }

    assertThat(get(ADMIN_KEY, "/accounts/connect-links/" + link.text("/id")).text("/status"))
        .isEqualTo("open");
    assertThat(begun(link).open().body()).contains("Your email address");
  }

  @Test
  void secondBrowserIsRefusedAtEachStep() {
    Answer link = link(Map.of("address", ada.address()));
    LinkBrowser other = browser(link);
    other.open();
    LinkBrowser first = begun(link);

    assertThat(other.submit("begin").body()).contains("open in another browser");
    assertThat(other.open().statusCode()).isEqualTo(403);
    assertThat(connect(other, ada.password()).body()).contains("open in another browser");
    assertThat(accounts()).isZero();
    assertThat(connect(first, ada.password()).body()).contains("Your mailbox is connected");
    assertThat(other.open().body()).contains("This link was used");
  }

  @Test
  void usedLinkCannotBeReplayed() {
    Answer link = link(Map.of());
    LinkBrowser browser = connected(link, ada);
    MailUser ben = DOVECOT.freshUser("ben");

    assertThat(browser.submit("address", "address", ben.address()).body())
        .contains("Your mailbox is connected");
    connect(browser, ben.password());
    assertThat(
            jdbc.sql("SELECT count(*) FROM test_run WHERE link_id = :id::uuid")
                .param("id", link.text("/id"))
                .query(Integer.class)
                .single())
        .isOne();
    assertThat(accounts()).isOne();
    assertThat(browser(link).open().statusCode()).isEqualTo(410);
    assertThat(delete(ADMIN_KEY, "/accounts/connect-links/" + link.text("/id")).status())
        .isEqualTo(409);
  }

  @Test
  void ofManyFormsAtATimeOneConnects() {
    Answer link = link(Map.of("address", ada.address()));
    LinkBrowser browser = begun(link);

    List<CompletableFuture<String>> pages =
        IntStream.range(0, 4)
            .mapToObj(
                i -> CompletableFuture.supplyAsync(() -> connect(browser, ada.password()).body()))
            .toList();
    pages.forEach(CompletableFuture::join);

    assertThat(accounts()).isOne();
    assertThat(browser.open().body()).contains("Your mailbox is connected");
  }

  @Test
  void ofManyBrowsersAtDifferentNodesOneIsBound() {
    Answer link = link(Map.of());
    UUID id = UUID.fromString(link.text("/id"));

    long bound =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> links.bind(id)))
            .toList()
            .stream()
            .filter(one -> one.join().isPresent())
            .count();

    assertThat(bound).isOne();
  }

  @Test
  void formOfAnotherPageIsRefused() {
    Answer link = link(Map.of("address", ada.address()));
    LinkBrowser browser = begun(link);

    assertThat(browser.post("password", "forged", form(ada.password())).statusCode())
        .isEqualTo(403);
    assertThat(accounts()).isZero();
  }

  @Test
  void withdrawnExpiredAndUnknownLinksSaySo() {
    Answer withdrawn = link(Map.of());
    LinkBrowser begun = begun(withdrawn);
    assertThat(delete(ADMIN_KEY, "/accounts/connect-links/" + withdrawn.text("/id")).status())
        .isEqualTo(204);
    Answer expired = link(Map.of("returnUrl", RETURN_URL, "state", "s"));
    jdbc.sql("UPDATE connect_link SET expires_at = statement_timestamp() WHERE id = :id::uuid")
        .param("id", expired.text("/id"))
        .update();

    assertThat(begun.open().body()).contains("This link was withdrawn");
    assertThat(begun.submit("address", "address", ada.address()).statusCode()).isEqualTo(410);
    assertThat(browser(expired).open().body())
        .contains("This link has expired", "outcome=expired&amp;state=s");
    HttpResponse<String> unknown = new LinkBrowser(port, "/connect/" + "A".repeat(43)).open();
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("This link is not valid");
  }

  @Test
  void deletedAgentTakesItsLinksAlong() {
    Answer link = link(Map.of());
    assertThat(delete(ADMIN_KEY, "/agents/" + agent).status()).isEqualTo(204);

    assertThat(browser(link).open().body()).contains("This link was withdrawn");
  }

  @Test
  void takenMailboxIsRefusedWithoutNaming() {
    connected(link(Map.of("address", ada.address())), ada);
    String elsewhere = fresh("elsewhere");
    String otherAgent = agent(elsewhere);
    Answer link = link(Map.of("agent", otherAgent, "address", ada.address()));
    Answer sameOrganization = link(Map.of("agent", agent(organization)));

    HttpResponse<String> refused = connect(begun(link), ada.password());
    LinkBrowser other = begun(sameOrganization);
    other.submit("address", "address", ada.address());
    HttpResponse<String> ofSame = connect(other, ada.password());

    for (HttpResponse<String> page : List.of(refused, ofSame)) {
      assertThat(page.body())
          .contains("this mailbox cannot be connected here at present")
          .doesNotContain(agent, "belongs to");
    }
    assertThat(refused.body()).doesNotContain(organization);
  }

  @Test
  void accountIsMendedByItsLinkAtItsOwnServersOnly() {
    connected(link(Map.of("address", ada.address())), ada);
    String account =
        jdbc.sql("SELECT id::text FROM agent_email_account WHERE agent_id = :agent::uuid")
            .param("agent", agent)
            .query(String.class)
            .single();
    patch(ADMIN_KEY, "/accounts/" + account, Map.of("inboundEnabled", false));
    Answer link = post(ADMIN_KEY, "/accounts/connect-links", Map.of("account", account));
    LinkBrowser browser = browser(link);

    assertThat(browser.open().body()).contains("Sign in to your mailbox again", ada.address());
    assertThat(browser.submit("begin").body()).doesNotContain("smtp.host");
    HttpResponse<String> done =
        browser.submit("password", "password", ada.password(), "smtp.host", "evil.test");

    assertThat(done.body()).contains("Your mailbox is connected");
    Answer mended = get(ADMIN_KEY, "/accounts/" + account);
    assertThat(mended.text("/smtp/host")).isEqualTo("localhost");
    assertThat(mended.body().path("outboundEnabled").asBoolean()).isTrue();
    assertThat(mended.body().path("inboundEnabled").asBoolean()).isFalse();
  }

  @Test
  void namesAreEscapedAndNothingIsFramedOrReferred() {
    String hostile = "<script>alert(1)</script><img src=x>";
    String named =
        post(ADMIN_KEY, "/agents", Map.of("name", hostile, "organization", organization))
            .text("/id");
    HttpResponse<String> page = browser(link(Map.of("agent", named))).open();
    LinkBrowser browser = begun(link(Map.of("agent", named)));
    HttpResponse<String> typed = browser.submit("address", "address", "\"><script>x</script>@");

    assertThat(page.body()).contains("&lt;script&gt;").doesNotContain("<script", "<img");
    assertThat(typed.statusCode()).isEqualTo(400);
    assertThat(typed.body()).contains("&lt;script&gt;").doesNotContain("<script");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'");
    assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    assertThat(page.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    assertThat(page.body())
        .contains("gateway.example.test", organization, "send mail from this address");
  }

  @Test
  void fixedAddressStaysWhateverIsTyped() {
    MailUser ben = DOVECOT.freshUser("ben");
    LinkBrowser browser = begun(link(Map.of("address", ada.address())));

    HttpResponse<String> page = browser.submit("address", "address", ben.address());

    assertThat(page.body()).contains(ada.address()).doesNotContain(ben.address());
    assertThat(page.body()).doesNotContain("Use another address");
  }

  @Test
  void attemptsOfALinkAreCounted() {
    Answer link = link(Map.of());
    LinkBrowser browser = begun(link);
    jdbc.sql("UPDATE connect_link SET attempts = :most WHERE id = :id::uuid")
        .param("most", ConnectLinks.MAX_ATTEMPTS)
        .param("id", link.text("/id"))
        .update();

    HttpResponse<String> page = browser.submit("address", "address", ada.address());

    assertThat(page.statusCode()).isEqualTo(429);
    assertThat(page.body()).contains("Too many attempts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "tls"})
  void passwordIsNotSentWithoutTls(String security) {
    LinkBrowser browser = begun(link(Map.of("address", ada.address())));
    String[] form = form(ada.password());
    form[5] = security;

    HttpResponse<String> page = browser.submit("password", form);

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).contains("must be ssl or starttls");
  }

  @Test
  void fixedAddressIsConnectedAtTheServersThatWereFoundForItOnly() {
    String domain = fresh("found") + ".test";
    MailUser user = new MailUser("boss@" + domain, ada.password());
    Answer link = link(Map.of("address", user.address(), "servers", "discovered"));
    LinkBrowser browser = begun(link);

    HttpResponse<String> unknown = browser.open();
    HttpResponse<String> typed = connect(browser, ada.password());
    DNS.mx(domain, 10, "in1-smtp.messagingengine.com");
    HttpResponse<String> found = browser.submit("address");
    HttpResponse<String> elsewhere =
        browser.submit(
            "password",
            Stream.concat(
                    Stream.of(form(ada.password())),
                    Stream.of("imap.username", ada.address(), "smtp.username", ada.address()))
                .toArray(String[]::new));

    assertThat(get(ADMIN_KEY, "/accounts/connect-links/" + link.text("/id")).text("/servers"))
        .isEqualTo("discovered");
    assertThat(unknown.body()).contains("were not found").doesNotContain("name=\"smtp.host\"");
    assertThat(typed.body()).contains("were not found");
    assertThat(found.body())
        .contains("imap.fastmail.com", " only.")
        .doesNotContain("name=\"imap.host\"");
    assertThat(elsewhere.body()).doesNotContain("Your mailbox is connected", "localhost");
    assertThat(accounts()).isZero();
  }

  @Test
  void accountThatCouldNotBeEnabledGoesWhenAnotherAddressIsConnected() {
    Answer link = link(Map.of());
    LinkBrowser browser = begun(link);
    // As left by an attempt whose server was lost after the tests.
    String unused = account(organization, fresh("other") + "@example.test");
    jdbc.sql("UPDATE connect_link SET account_id = :account::uuid WHERE id = :id::uuid")
        .param("account", unused)
        .param("id", link.text("/id"))
        .update();

    browser.submit("address", "address", ada.address());
    HttpResponse<String> done = connect(browser, ada.password());

    assertThat(done.body()).contains("Your mailbox is connected");
    assertThat(get(ADMIN_KEY, "/accounts/" + unused).status()).isEqualTo(404);
    assertThat(accounts()).isOne();
  }

  @Test
  void applicationThatGetsNoTokenConnectsNothingAndItsWordsAreNotShown() {
    MailUser box = DOVECOT.user(fresh("box") + "@" + DOMAIN);
    String client = application("not-the-secret");
    Answer link =
        link(
            Map.of(
                "address", box.address(),
                "servers", "discovered",
                "providers", List.of("test:client_credentials")));
    LinkBrowser browser = begun(link);

    HttpResponse<String> refused = browser.submit("application");

    assertThat(refused.body())
        .contains("issues no token to the application. Nothing was connected")
        .doesNotContain("invalid_client", "not-the-secret");
    assertThat(connect(browser, box.password()).body()).contains("Nobody signs in");
    assertThat(browser.submit("provider/test").body()).contains("Nobody signs in");
    assertThat(accounts()).isZero();

    assertThat(delete(ADMIN_KEY, "/oauth-clients/" + client).status()).isEqualTo(204);
    assertThat(browser.submit("application").body())
        .contains("You cannot sign in to this mailbox with this link");
  }

  @Test
  void linkThatNamesNoApplicationNeverUsesOne() {
    MailUser box = DOVECOT.user(fresh("box") + "@" + DOMAIN);
    application(TokenServer.CLIENT_SECRET);
    TokenServer.shared().delegate("client_credentials", box.address());
    for (Map<String, Object> request :
        List.<Map<String, Object>>of(
            Map.of("address", box.address(), "servers", "discovered"),
            Map.of("address", box.address(), "providers", List.of("test", "password")))) {
      LinkBrowser browser = begun(link(request));

      assertThat(browser.open().body()).doesNotContain("Nobody signs in");
      assertThat(browser.submit("application").body()).doesNotContain("is connected");
    }
    assertThat(accounts()).isZero();
  }

  /** A client of the organization that opens mailboxes without consent. */
  private String application(String secret) {
    return post(
            ADMIN_KEY,
            "/oauth-clients",
            Map.of(
                "organization", organization,
                "provider", "test",
                "kind", "client_credentials",
                "clientId", "app",
                "secret", secret))
        .text("/id");
  }

  private Answer link(Map<String, Object> request) {
    Map<String, Object> body = new HashMap<>(Map.of("agent", agent));
    body.put("servers", "any");
    body.putAll(request);
    Answer link = post(ADMIN_KEY, "/accounts/connect-links", body);
    assertThat(link.status()).as(link.body().toString()).isEqualTo(201);
    return link;
  }

  private LinkBrowser browser(Answer link) {
    return new LinkBrowser(port, link.text("/url"));
  }

  private LinkBrowser begun(Answer link) {
    LinkBrowser browser = browser(link);
    browser.open();
    browser.submit("begin");
    return browser;
  }

  /** Connected by a link, with a fixed address or without. */
  private LinkBrowser connected(Answer link, MailUser user) {
    LinkBrowser browser = begun(link);
    browser.submit("address", "address", user.address());
    assertThat(connect(browser, user.password()).body()).contains("Your mailbox is connected");
    return browser;
  }

  private HttpResponse<String> connect(LinkBrowser browser, String password) {
    return browser.submit("password", form(password));
  }

  private static String[] form(String password) {
    return new String[] {
      "smtp.host", "localhost",
      "smtp.port", String.valueOf(POSTFIX.submissionPort()),
      "smtp.security", "starttls",
      "imap.host", "localhost",
      "imap.port", String.valueOf(DOVECOT.imapsPort()),
      "imap.security", "ssl",
      "password", password
    };
  }

  private long accounts() {
    return jdbc.sql("SELECT count(*) FROM agent_email_account WHERE agent_id = :agent::uuid")
        .param("agent", agent)
        .query(Long.class)
        .single();
  }
}
