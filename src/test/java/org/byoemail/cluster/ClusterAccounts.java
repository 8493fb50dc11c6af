package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.cluster.OwnerSignIns.Connected;
import org.byoemail.support.ApiClient;
import org.byoemail.support.ConsoleBrowser;
import org.byoemail.support.DnsServer;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.Ingested;
import org.byoemail.support.LoadBalancer;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;
import org.byoemail.support.SpanReceiver;
import org.byoemail.support.TokenServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Accounts over several nodes, at a real Postfix and Dovecot: connected and signed in again by
 * links that each step finds at another node, catch-all domains, and the rotation of the keyset.
 * Run over the nodes of {@link ClusterFaultsIT}.
 */
abstract class ClusterAccounts {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int MAILS = 4;

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  /** Where the nodes send their spans. */
  static final SpanReceiver SPANS = new SpanReceiver();

  static final String FIRST_KEY = key('1');
  static final String SECOND_KEY = key('2');

  /** What the nodes find out about domains. */
  static final DnsServer DNS = new DnsServer();

  /** Where browsers reach the nodes. */
  static final LoadBalancer BALANCER = new LoadBalancer();

  private final Cluster cluster;
  private final OwnerSignIns owners;
  private final String name = "accounts-" + UUID.randomUUID().toString().substring(0, 8);

  ClusterAccounts(Cluster cluster) {
    this.cluster = cluster;
    this.owners = new OwnerSignIns(cluster);
  }

  /** What the nodes are started with, as properties. */
  static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(TokenServer.shared().settings());
    settings.putAll(ProviderStub.shared().settings());
    String stub = "byo.oauth.providers.stub.";
    settings.put(stub + "smtp.host", "localhost");
    settings.put(stub + "smtp.port", String.valueOf(POSTFIX.submissionPort()));
    settings.put(stub + "smtp.security", "starttls");
    settings.put(stub + "imap.host", "localhost");
    settings.put(stub + "imap.port", String.valueOf(DOVECOT.imapsPort()));
    settings.put("byo.public-url", BALANCER.url());
    settings.put("byo.discovery.resolver", DNS.address());
    settings.put("byo.discovery.deadline", "3s");
    // The first step of a rotation was taken: the second key opens, and does not seal yet.
    settings.put("byo.secret.keyset", FIRST_KEY + "," + SECOND_KEY);
    settings.put("management.otlp.tracing.endpoint", SPANS.endpoint());
    settings.put("management.tracing.sampling.probability", "1");
    settings.put("byo.secret.reseal-after", "1s");
    settings.put("byo.secret.reseal-interval", "2s");
    return settings;
  }

  private static String key(char digit) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) digit);
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void revokedGrantIsNoticedAtOneUseAndMendedByTheLinkOfItsEvent() throws Exception {
    MailUser ben = DOVECOT.freshUser("ben");
    Connected reader = owners.connected(DOVECOT.freshUser("reader"));
    Connected writer = owners.connected(DOVECOT.freshUser("writer"));
    Connected bystander = owners.connected(DOVECOT.freshUser("bystander"));
    deliver(reader, "before");
    submit(reader, "before", ben);
    deliver(writer, "before");
    awaitReceived(reader, "before");
    awaitReceived(writer, "before");
    awaitSent(ben, reader, "before");

    TokenServer.shared().revoke(reader.user().address());
    TokenServer.shared().revoke(writer.user().address());
    // The server keeps who is signed in already: one is signed out, the other has not sent yet.
    DOVECOT.doveadm("kick", reader.user().address());
    submit(writer, "meanwhile", ben);

    for (Connected stopped : List.of(reader, writer)) {
      await("account " + stopped.user().address() + " is stopped")
          .atMost(PATIENCE)
          .until(() -> status(stopped), "needs_reauthorization"::equals);
      deliver(stopped, "stopped");
      submit(stopped, "stopped", ben);
    }
    submit(bystander, "meanwhile", ben);
    awaitSent(ben, bystander, "meanwhile");
    for (Connected stopped : List.of(reader, writer)) {
      assertThat(
              node("b").get("/accounts/" + stopped.account()).body().at("/oauth/status").asText())
          .isEqualTo("needs_reauthorization");
      assertThat(
              ConsoleBrowser.loggedIn(
                      cluster.node("a").httpPort(), "admin", Services.CONSOLE_PASSWORD)
                  .page("/console/accounts/" + stopped.account()))
          .contains("needs a new sign-in", "this account is stopped and its mail waits");
      assertThat(
              node("a")
                  .get("/audit?action=account.needs_reauthorization&subject=" + stopped.account())
                  .body()
                  .path("items"))
          .singleElement()
          .satisfies(entry -> assertThat(entry.at("/actor/kind").asText()).isEqualTo("gateway"));
      await("the event of " + stopped.user().address())
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(reauthorizations(stopped)).hasSize(1));
      assertThat(subjects(stopped, "stopped")).noneMatch(received()::contains);
    }

    for (Connected stopped : List.of(reader, writer)) {
      owners.signIn(reauthorizations(stopped).get(0).at("/data/link").asText());
      assertThat(status(stopped)).isEqualTo("active");
    }

    for (Connected mended : List.of(reader, writer)) {
      awaitReceived(mended, "stopped");
      awaitSent(ben, mended, "stopped");
    }
    awaitSent(ben, writer, "meanwhile");
    deliver(writer, "after");
    submit(reader, "after", ben);
    awaitReceived(writer, "after");
    awaitSent(ben, reader, "after");
    assertThat(DOVECOT.messages(ben)).hasSize(6 * MAILS);
    assertThat(received()).hasSize(5 * MAILS).doesNotHaveDuplicates();
    assertThat(ingested().received(name)).containsExactlyInAnyOrderElementsOf(received());
  }

  @Test
  void mailOfADomainReachesEachAgentOnceWhileRulesChangeAndANodeIsReplacedByOneWithANewKey()
      throws Exception {
    MailUser ann = DOVECOT.freshUser("ann");
    MailUser box = POSTFIX.catchAllUser("all");
    String domain = box.address().replace("@boxes.test", ".all.test");
    String agent = node("a").openAgent("Rest");
    String support = node("a").openAgent("Support");
    String sales = node("a").openAgent("Sales");
    String account =
        node("a")
            .account(
                agent,
                box.address(),
                RealAccounts.smtp(POSTFIX, box),
                RealAccounts.imap(DOVECOT, box));
    String path = "/accounts/" + account + "/catch-all";
    InternetAddress[] both = {
      new InternetAddress("support@" + domain), new InternetAddress("sales@" + domain)
    };
    ApiClient.expect(200, node("a").put(path, rules(domain, Map.of("support", support))));
    ApiClient.expect(
        202, node("b").post(path + "/prove", Map.of("domain", domain, "by", "round_trip")));
    await("the domain is proved")
        .atMost(PATIENCE)
        .until(
            () -> node("c").get(path).body().at("/domains/0/proof").asText(), "round_trip"::equals);

    POSTFIX.submit(ann, mail(ann, "one rule", both), both);
    await("both copies")
        .atMost(PATIENCE)
        .until(
            () ->
                subjects(support).equals(List.of("one rule"))
                    && subjects(agent).equals(List.of("one rule")));
    String holder = holder(account);
    String other = holder.equals("a") ? "b" : "a";
    ApiClient.expect(
        200, node(other).put(path, rules(domain, Map.of("support", support, "sales", sales))));

    List<String> subjects = IntStream.range(0, 30).mapToObj(n -> "two rules " + n).toList();
    for (String subject : subjects) {
      POSTFIX.submit(ann, mail(ann, subject, both), both);
      if (subject.endsWith(" 15")) {
        await("the first").atMost(PATIENCE).until(() -> subjects(sales).size() > 1);
        cluster.node(holder).kill();
      }
    }
    // The second step of a rotation, on this node only: it seals with the second key what the
    // others sealed, and seal, with the first.
    cluster.node(holder).setting("SPRING_APPLICATION_JSON", Cluster.json(rotated())).start();

    await("every mail at both agents")
        .atMost(PATIENCE)
        .until(() -> subjects(sales).size() >= 30 && subjects(support).size() >= 31);
    assertThat(subjects(sales)).containsExactlyInAnyOrderElementsOf(subjects);
    assertThat(subjects(support))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Stream.of("one rule"), subjects.stream()).toList());
    assertThat(subjects(agent)).containsExactly("one rule");
    assertThat(raw(support))
        .containsSubsequence("X-Original-To: support@" + domain, "Received: ", "(Postfix)");
    awaitResealed(holder);
    assertThat(
            node(other).post("/accounts/" + account + "/test-imap").body().path("ok").asBoolean())
        .isTrue();
    ApiClient.expect(
        200,
        node(other)
            .patch("/accounts/" + account, Map.of("smtp", Map.of("password", box.password()))));
    await("what another node sealed meanwhile is sealed with the second key")
        .atMost(PATIENCE)
        .until(
            () ->
                database()
                    .sql(
                        "SELECT substring(smtp_secret FOR 5) = :prefix FROM agent_email_account"
                            + " WHERE id = :id::uuid")
                    .param("prefix", AccountFixtures.prefix(SECOND_KEY))
                    .param("id", account)
                    .query(Boolean.class)
                    .single());
    assertThat(
            node(other).post("/accounts/" + account + "/test-smtp").body().path("ok").asBoolean())
        .isTrue();
  }

  private static Map<String, String> rotated() {
    Map<String, String> settings = settings();
    settings.put("byo.secret.keyset", SECOND_KEY + "," + FIRST_KEY);
    return settings;
  }

  private static Map<String, ?> rules(String domain, Map<String, String> agents) {
    return Map.of(
        "domains",
        List.of(
            Map.of(
                "domain",
                domain,
                "rules",
                agents.entrySet().stream()
                    .map(rule -> Map.of("pattern", rule.getKey(), "agent", rule.getValue()))
                    .toList())));
  }

  private String holder(String account) {
    return node("c").get("/accounts/" + account).body().at("/folders/0/lease/node").asText();
  }

  /** The node has seen that every secret is sealed with its first key. */
  private void awaitResealed(String node) {
    await("all secrets sealed with the second key")
        .atMost(PATIENCE)
        .until(
            () -> {
              List<String> metrics = cluster.node(node).metrics();
              return secrets(metrics, "present") > 0 && secrets(metrics, "older") == 0;
            });
  }

  private static double secrets(List<String> metrics, String key) {
    return metrics.stream()
        .filter(line -> line.startsWith("byo_secrets{") && line.contains("key=\"" + key + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static MimeMessage mail(MailUser from, String subject, InternetAddress... to)
      throws MessagingException {
    MimeMessage mail = new MimeMessage((Session) null);
    mail.setFrom(from.address());
    mail.setRecipients(MimeMessage.RecipientType.TO, to);
    mail.setSubject(subject);
    mail.setText("Text.");
    return mail;
  }

  /** Of what an agent received, in all of its conversations. */
  private List<String> subjects(String agent) {
    return database()
        .sql(
            """
            SELECT m.subject FROM message m JOIN conversation c ON c.id = m.conversation_id
            WHERE c.agent_id = :agent::uuid AND m.direction = 'inbound'
            """)
        .param("agent", agent)
        .query(String.class)
        .list();
  }

  /** The first mail that an agent received, as it lay in the mailbox. */
  private String raw(String agent) {
    String id =
        database()
            .sql(
                """
                SELECT m.id::text FROM message m JOIN conversation c ON c.id = m.conversation_id
                WHERE c.agent_id = :agent::uuid AND m.direction = 'inbound' ORDER BY m.id LIMIT 1
                """)
            .param("agent", agent)
            .query(String.class)
            .single();
    return new String(node("a").bytes("/messages/" + id + "/raw"), StandardCharsets.UTF_8);
  }

  private JdbcClient database() {
    return JdbcClient.create(cluster.services().postgres().dataSource());
  }

  private String status(Connected account) {
    return node("c").get("/accounts/" + account.account()).text("status");
  }

  private List<JsonNode> reauthorizations(Connected account) {
    List<JsonNode> found = new ArrayList<>();
    node("c")
        .get("/events?limit=200&type=account.needs_reauthorization&account=" + account.account())
        .body()
        .path("items")
        .forEach(found::add);
    return found.stream()
        .filter(event -> event.path("type").asText().equals("account.needs_reauthorization"))
        .filter(event -> event.toString().contains(account.account()))
        .toList();
  }

  private List<String> subjects(Connected account, String when) {
    return IntStream.range(0, MAILS)
        .mapToObj(n -> name + " " + account.user().address() + " " + when + " " + n)
        .toList();
  }

  private void deliver(Connected account, String when) {
    DOVECOT.deliver(
        "s@else.test",
        account.user().address(),
        subjects(account, when).stream().map(ClusterAccounts::mail).toList());
  }

  private void submit(Connected account, String when, MailUser to) {
    for (String subject : subjects(account, when)) {
      ApiClient.expect(
          202,
          node("a")
              .post(
                  "/messages",
                  Map.of(
                      "id",
                      subject,
                      "from",
                      account.user().address(),
                      "to",
                      List.of(to.address()),
                      "subject",
                      subject,
                      "body",
                      "Text.")));
    }
  }

  private List<String> received() {
    return ingested().subjects(name);
  }

  private void awaitReceived(Connected account, String when) {
    await("mail to " + account.user().address() + " " + when)
        .atMost(PATIENCE)
        .until(() -> received().containsAll(subjects(account, when)));
  }

  private void awaitSent(MailUser to, Connected account, String when) {
    await("mail from " + account.user().address() + " " + when)
        .atMost(PATIENCE)
        .until(
            () ->
                DOVECOT.messages(to).stream()
                    .map(OwnerSignIns::subject)
                    .toList()
                    .containsAll(subjects(account, when)));
  }

  private static byte[] mail(String subject) {
    return "From: s@else.test\r\nSubject: %s\r\nMessage-ID: <%s@else.test>\r\n\r\nText.\r\n"
        .formatted(subject, UUID.randomUUID())
        .getBytes(StandardCharsets.UTF_8);
  }

  private Ingested ingested() {
    return new Ingested(cluster.services().postgres().dataSource());
  }

  private ApiClient node(String node) {
    return cluster.node(node).api();
  }
}
