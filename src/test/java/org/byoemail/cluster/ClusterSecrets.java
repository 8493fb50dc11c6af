package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.byoemail.cluster.OwnerSignIns.Connected;
import org.byoemail.support.ApiClient;
import org.byoemail.support.BrokerProcess;
import org.byoemail.support.ConsoleBrowser;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Ingested;
import org.byoemail.support.LinkBrowser;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.SecretSearch;
import org.byoemail.support.Services;
import org.byoemail.support.TokenServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whatever a run shows is searched for every secret that it used: logs, spans, metrics, events by
 * API and broker, audit log, pages, answers to mistakes, thread dumps, and the database itself. Run
 * over the nodes of {@link ClusterFaultsIT}.
 */
abstract class ClusterSecrets {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final int PAGES_OF_A_KIND = 4;

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  private final Cluster cluster;
  private final ApiClient api;
  private final SecretSearch secrets = new SecretSearch();
  private final Map<String, String> shown = new LinkedHashMap<>();
  private final List<String> accounts = new ArrayList<>();

  ClusterSecrets(Cluster cluster) {
    this.cluster = cluster;
    this.api = cluster.node("a").api();
  }

  @Test
  void noSecretOfARunIsInAnythingThatItShows() throws Exception {
    ConsoleBrowser console =
        ConsoleBrowser.loggedIn(cluster.node("b").httpPort(), "admin", Services.CONSOLE_PASSWORD);
    MailUser ben = DOVECOT.freshUser("ben");

    passwordAccount();
    consentedAccount();
    applicationsOwnAccounts();
    keysAndWebhooks();
    mistakes();
    for (String account : accounts) {
      mailOf(account, ben);
    }
    awaitQuiet();
    collect(console);

    secrets.add("admin key", GatewayProcess.ADMIN_KEY);
    secrets.add("console password", Services.CONSOLE_PASSWORD);
    console.cookies().stream()
        .filter(value -> value.length() > 20)
        .forEach(value -> secrets.add("cookie of the console", value));
    secrets.add("password of producers", GatewayProcess.PRODUCER_PASSWORD);
    secrets.add("password of the broker", BrokerProcess.GATEWAY_PASSWORD);
    secrets.add("sealing key", ClusterAccounts.FIRST_KEY);
    secrets.add("second sealing key", ClusterAccounts.SECOND_KEY);
    secrets.add("client secret", TokenServer.CLIENT_SECRET);
    int number = 0;
    for (String token : TokenServer.shared().issued()) {
      secrets.add("token " + number++, token);
    }
    for (String one : ProviderStub.shared().secrets()) {
      secrets.add("code or verifier " + number++, one);
    }

    assertThat(number).isGreaterThan(8);
    assertShown("log of a", "Started ByoEmailApplication");
    assertShown("spans", "byo-email");
    assertShown("metrics of a", "byo_oauth_token_requests");
    assertShown("threads of a", "Reference Handler");
    assertShown("events", "message.received");
    assertShown("events of the broker", "message.sent");
    assertShown("database", "account.tested");
    assertShown("/console/accounts/" + accounts.get(0), "Test SMTP");
    Map<String, List<String>> found = new LinkedHashMap<>();
    shown.forEach(
        (place, text) -> {
          List<String> in = secrets.in(text);
          if (!in.isEmpty()) {
            found.put(place, in);
          }
        });
    assertThat(found).isEmpty();
  }

  private void assertShown(String place, String text) {
    assertThat(shown.getOrDefault(place, "").contains(text)).as(text + " in " + place).isTrue();
  }

  private void passwordAccount() {
    MailUser user = DOVECOT.freshUser("hal");
    secrets.add("password of the mailbox", user.password());
    String account =
        api.account(
            api.openAgent(user.address()),
            user.address(),
            RealAccounts.smtp(POSTFIX, user),
            RealAccounts.imap(DOVECOT, user));
    for (String side : List.of("smtp", "imap")) {
      String wrong = secret("wrong password of " + side);
      ApiClient.expect(
          200, api.patch("/accounts/" + account, Map.of(side, Map.of("password", wrong))));
      show("refused " + side, api.post("/accounts/" + account + "/test-" + side));
      ApiClient.expect(
          200,
          api.patch("/accounts/" + account, Map.of(side, Map.of("password", user.password()))));
      api.post("/accounts/" + account + "/test-" + side);
    }
    ApiClient.expect(
        200,
        api.patch("/accounts/" + account, Map.of("outboundEnabled", true, "inboundEnabled", true)));
    accounts.add(account);
  }

  private void consentedAccount() {
    Connected connected = new OwnerSignIns(cluster).connected(DOVECOT.freshUser("ida"));
    secrets.add("connect link", token(connected.link()));
    accounts.add(connected.account());
  }

  private static String token(String url) {
    return url.substring(url.lastIndexOf('/') + 1);
  }

  private void applicationsOwnAccounts() {
    MailUser shared = DOVECOT.freshUser("app");
    TokenServer.shared().delegate("client_credentials", shared.address());
    String client =
        api.oauthClient(
            "client_credentials",
            Map.of("clientId", "app-only", "secret", secret("wrong client secret")));
    String account = applicationsOwn(shared, "client_credentials");
    show("refused client", api.post("/accounts/" + account + "/test-smtp"));
    ApiClient.expect(
        200, api.patch("/oauth-clients/" + client, Map.of("secret", TokenServer.CLIENT_SECRET)));

    ServiceAccount robot = ServiceAccount.known();
    for (String line : robot.secretLines()) {
      secrets.add("private key: " + line.substring(0, 4), line);
    }
    api.oauthClient("service_account", Map.of("secret", robot.json()));
    String ofRobot = applicationsOwn(DOVECOT.freshUser("user"), "service_account");
    show("service account", api.post("/accounts/" + ofRobot + "/test-imap"));
    show("service account by SMTP", api.post("/accounts/" + ofRobot + "/test-smtp"));
    ApiClient.expect(
        200,
        api.patch("/accounts/" + ofRobot, Map.of("outboundEnabled", true, "inboundEnabled", true)));
    accounts.add(ofRobot);
  }

  private String applicationsOwn(MailUser user, String kind) {
    Map<String, Object> account =
        new HashMap<>(RealAccounts.byOauth(POSTFIX.submissionPort(), DOVECOT.imapsPort()));
    account.put("agent", api.openAgent(user.address()));
    account.put("address", user.address());
    account.put("oauth", Map.of("provider", "test", "kind", kind));
    return ApiClient.expect(201, api.post("/accounts", account)).text("id");
  }

  private void keysAndWebhooks() {
    ApiClient.Answer key =
        ApiClient.expect(201, api.post("/api-keys", Map.of("name", "a key", "role", "operator")));
    secrets.add("API key", key.text("key"));
    ApiClient.Answer rotated =
        ApiClient.expect(200, api.post("/api-keys/" + key.text("id") + "/rotate"));
    secrets.add("rotated API key", rotated.text("key"));
    ApiClient.Answer hook =
        ApiClient.expect(
            201,
            api.post(
                "/webhooks", Map.of("url", "http://localhost:1/hook", "organization", "flow")));
    secrets.add("secret of the webhook", hook.text("secret"));
    show("test of the webhook", api.post("/webhooks/" + hook.text("id") + "/test"));
  }

  /** Secrets at places where they do not belong, as people put them there. */
  private void mistakes() {
    String path = "/accounts/" + accounts.get(0);
    String agent = api.openAgent("Mistakes");
    show(
        "unknown field",
        api.patch(path, Map.of("imap", Map.of("passwort", secret("value of an unknown field")))));
    show(
        "object",
        api.patch(
            path,
            Map.of("imap", Map.of("password", Map.of("value", secret("password in an object"))))));
    show("port", api.patch(path, Map.of("imap", Map.of("port", secret("password for a port")))));
    show(
        "not JSON",
        api.post("/accounts", "{\"password\": \"" + secret("password in broken JSON") + "\",,}"));
    show("text", api.post("/accounts", "\"" + secret("password as the whole body") + "\""));
    show(
        "invalid account",
        api.post(
            "/accounts",
            Map.of(
                "agent",
                agent,
                "address",
                "nobody",
                "smtp",
                Map.of("password", secret("password of an invalid account")))));
    show(
        "service account without a key",
        api.post(
            "/oauth-clients",
            Map.of(
                "provider",
                "test",
                "kind",
                "service_account",
                "secret",
                "{\"private_key\": \"" + secret("private key that is none") + "\"}")));
    show("unknown key", new ApiClient(base("c"), secret("key that nobody has")).get("/accounts"));
    show("unknown link", new LinkBrowser(port("c"), "/connect/" + secret("unknown link")).open());
    show(
        "unknown sign-in",
        new LinkBrowser(port("c"), "/connect/oauth")
            .get(
                "http://localhost/connect/oauth/callback/stub?state="
                    + secret("unknown state")
                    + "&code="
                    + secret("code of nobody")));
    show(
        "wrong console password",
        ConsoleBrowser.afterLogin(port("c"), "admin", secret("wrong console password")));
    Connected other = new OwnerSignIns(cluster).connected(DOVECOT.freshUser("jo"));
    accounts.add(other.account());
  }

  private void mailOf(String account, MailUser to) {
    String address = api.get("/accounts/" + account).text("address");
    String subject = "secrets " + account;
    ApiClient.expect(
        202,
        api.post(
            "/messages",
            Map.of(
                "id", subject,
                "from", address,
                "to", List.of(to.address()),
                "subject", subject,
                "body", "Text.")));
    DOVECOT.deliver(
        "s@else.test",
        address,
        List.of(
            ("From: s@else.test\r\nSubject: "
                    + subject
                    + "\r\nMessage-ID: <"
                    + account
                    + "@x>\r\n"
                    + "\r\nText.\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
    await("mail of " + address)
        .atMost(PATIENCE)
        .until(
            () ->
                new Ingested(cluster.services().postgres().dataSource()).received(subject).size()
                        == 1
                    && DOVECOT.messages(to).size() >= accounts.indexOf(account) + 1);
  }

  /** Every node has sent the spans of what it did so far. */
  private void awaitQuiet() {
    int before = ClusterAccounts.SPANS.batches();
    await("spans")
        .atMost(PATIENCE)
        .until(
            () -> {
              NODES.forEach(node -> cluster.node(node).api().get("/accounts?limit=1"));
              return ClusterAccounts.SPANS.batches() >= before + 2 * NODES.size();
            });
  }

  private void collect(ConsoleBrowser console) throws JMSException {
    for (String node : NODES) {
      GatewayProcess gateway = cluster.node(node);
      shown.put("log of " + node, gateway.output());
      shown.put("metrics of " + node, String.join("\n", gateway.metrics()));
      shown.put("threads of " + node, gateway.threads());
    }
    shown.put("spans", ClusterAccounts.SPANS.text());
    shown.put("events", all("/events?limit=200", "after"));
    shown.put("audit log", all("/audit?limit=200", "cursor"));
    shown.put("accounts", all("/accounts?limit=100", "cursor"));
    for (String path : List.of("/oauth-clients", "/api-keys", "/webhooks", "/agents")) {
      show(path, api.get(path));
    }
    show("connect links", api.get("/accounts/connect-links"));
    show("export of accounts", new String(api.bytes("/accounts/export"), StandardCharsets.UTF_8));
    shown.put("events of the broker", brokerEvents());
    shown.put("database", database());
    List<String> first = new ArrayList<>();
    for (String account : accounts) {
      first.add("/console/accounts/" + account);
      first.add("/console/accounts/" + account + "/edit");
    }
    shown.putAll(console.pages(first, PAGES_OF_A_KIND));
  }

  private String all(String path, String parameter) {
    StringBuilder all = new StringBuilder();
    String next = "";
    for (int page = 0; page < 100; page++) {
      JsonNode body =
          ApiClient.expect(
                  200, api.get(path + (next.isEmpty() ? "" : "&" + parameter + "=" + next)))
              .body();
      all.append(body).append('\n');
      next = body.path("next").isNull() ? "" : body.path("next").asText();
      if (next.isEmpty()) {
        break;
      }
    }
    return all.toString();
  }

  /** What the broker keeps for a platform that has not read yet. */
  private String brokerEvents() throws JMSException {
    StringBuilder all = new StringBuilder();
    try (ActiveMQConnectionFactory factory =
            new ActiveMQConnectionFactory(cluster.services().broker().url());
        JMSContext context = factory.createContext("producer", GatewayProcess.PRODUCER_PASSWORD)) {
      JMSConsumer consumer =
          context.createConsumer(context.createQueue("email.events::email.events.platform"));
      Message message = consumer.receive(5_000);
      while (message != null) {
        all.append(message).append(' ').append(message.getBody(String.class)).append('\n');
        message = consumer.receive(500);
      }
    }
    return all.toString();
  }

  /** All rows of all tables; what is sealed looks random, and tokens of links are hashed. */
  private String database() {
    JdbcClient database = JdbcClient.create(cluster.services().postgres().dataSource());
    StringBuilder all = new StringBuilder();
    database
        .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        .query(String.class)
        .list()
        .forEach(
            table ->
                database
                    .sql("SELECT t::text FROM \"" + table + "\" t")
                    .query(
                        row -> {
                          all.append(row.getString(1)).append('\n');
                        }));
    return all.toString();
  }

  private String secret(String name) {
    // Of characters that stand for themselves in a path, too.
    String secret = "S3cret_" + UUID.randomUUID();
    secrets.add(name, secret);
    return secret;
  }

  private void show(String place, Object answer) {
    shown.put(
        place,
        answer instanceof HttpResponse<?> page
            ? page.headers().map() + "\n" + page.body()
            : answer.toString());
  }

  private String base(String node) {
    return "http://127.0.0.1:" + port(node);
  }

  private int port(String node) {
    return cluster.node(node).httpPort();
  }
}
