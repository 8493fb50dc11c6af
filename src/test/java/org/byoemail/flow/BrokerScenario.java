package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.byoemail.command.doctor.DoctorCommand;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.RedisProcess;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.TestBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of the jar with a broker other than Artemis: the same guarantees. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class BrokerScenario {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> DASHED =
      List.of(
          "single-node",
          "allowed-networks",
          "bootstrap-servers",
          "security-protocol",
          "sasl-mechanism");
  private static final int SHARED = 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FLOWS = TestBroker.PRODUCERS.get(0);
  private static final String STRANGERS = TestBroker.PRODUCERS.get(1);

  @RegisterExtension static final GreenMailServer MAIL = GreenMailServer.shared();

  @TempDir static Path dir;

  private final List<JsonNode> events = new ArrayList<>();
  private final List<JsonNode> rejections = new ArrayList<>();

  TestBroker broker;
  private PostgresProcess database;
  private SmtpSink sink;
  private RedisProcess redis;
  private GatewayProcess gateway;
  private GatewayProcess second;
  private String ada;

  abstract TestBroker broker(Path folder);

  @BeforeAll
  void start() throws IOException {
    // Threads of the mail server throw when a node is killed that is connected to it.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
    broker = broker(Files.createDirectories(dir.resolve("broker")));
    broker.start();
    database = PostgresProcess.started(Files.createDirectories(dir.resolve("database")));
    sink = new SmtpSink(dir.resolve("sink"));
    redis = new RedisProcess(Files.createDirectories(dir.resolve("redis")));
    redis.start();
    gateway = node("a");
    gateway.start();
    second = node("b");
    second.start();
    ada = "ada-" + UUID.randomUUID() + "@example.test";
    OutboundAccounts.make(gateway.api(), ada, sink.port());
  }

  private GatewayProcess node(String name) {
    return new GatewayProcess(dir.resolve(name), settings())
        .setting("BYO_LEASE_NODE", name)
        .heap("-Xmx512m");
  }

  private Map<String, String> settings() {
    Map<String, String> all = new HashMap<>(broker.settings());
    all.put("SPRING_DATASOURCE_URL", database.url());
    all.put("SPRING_DATASOURCE_USERNAME", "postgres");
    all.put("SPRING_DATASOURCE_PASSWORD", "postgres");
    all.put("SPRING_DATA_REDIS_URL", redis.url());
    all.put("BYO_CONTENT_DIR", dir.resolve("content").toString());
    all.put("BYO_CONSOLE_PASSWORD", "test-console-0123456789");
    all.put("BYO_SECRET_KEYSET", java.util.Base64.getEncoder().encodeToString(new byte[32]));
    all.put(
        "BYO_CONNECTION_ALLOWED_NETWORKS",
        "127.0.0.1:" + sink.port() + ",127.0.0.1:" + MAIL.imapPort() + ",::1");
    for (String name : TestBroker.PRODUCERS) {
      all.put(
          "BYO_BROKER_ORGANIZATIONS_" + name.toUpperCase(java.util.Locale.ROOT),
          TestBroker.ORGANIZATIONS.get(TestBroker.PRODUCERS.indexOf(name)));
    }
    return all;
  }

  @AfterAll
  void stop() {
    Awaitility.reset();
    try (PostgresProcess ignored = database;
        RedisProcess ignored2 = redis;
        SmtpSink ignored3 = sink;
        TestBroker ignored4 = broker;
        GatewayProcess ignored5 = second;
        GatewayProcess ignored6 = gateway) {}
  }

  @Test
  void submissionIsSentOnceAndItsEventsComeInOrder() {
    String id = id("sent");

    broker.submit(FLOWS, submission(id));
    broker.submit(FLOWS, submission(id));

    awaitSent(id);
    await("its event").atMost(PATIENCE).until(() -> eventsOf(id).contains("message.sent"));
    broker.submit(FLOWS, submission(id));
    awaitNoneWaiting();
    sink.requireEachOnce(id, 1);
    assertThat(eventsOf(id)).containsExactly("message.sent");
    assertThat(positions()).isSorted();
  }

  /** What the demo shows: a mail that is sent, one that arrives, and one that comes back. */
  @Test
  void mailThatArrivesAndMailThatComesBackAreEvents() {
    MailUser bob = MAIL.freshUser("bob");
    ApiClient api = gateway.api();
    String account =
        api.account(
            api.openAgent(bob.address()),
            bob.address(),
            server(sink.port()),
            imap(bob, MAIL.imapPort()));
    String id = id("demo");

    broker.submit(FLOWS, submission(id).replace(ada, bob.address()));
    awaitSent(id);
    String messageId =
        sink.arrived().stream()
            .filter(mail -> mail.field("Subject").equals(id))
            .map(mail -> mail.field("Message-ID"))
            .findAny()
            .orElseThrow();
    MAIL.deliver(bob, lines("Subject: hello " + id, "From: ben@else.test", "", "Hello"));
    MAIL.deliver(bob, bounce(messageId));

    await("both events")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(eventsOf(id)).containsExactly("message.sent", "message.bounced");
              assertThat(events)
                  .filteredOn(event -> event.path("type").asText().equals("message.received"))
                  .filteredOn(event -> event.path("accountId").asText().equals(account))
                  .singleElement()
                  .satisfies(
                      event ->
                          assertThat(event.at("/data/subject").asText()).isEqualTo("hello " + id));
            });
  }

  private static Map<String, Object> server(int port) {
    return Map.of("host", "localhost", "port", port, "security", "none", "auth", "none");
  }

  private static Map<String, Object> imap(MailUser user, int port) {
    return Map.of(
        "host",
        "localhost",
        "port",
        port,
        "security",
        "none",
        "username",
        user.address(),
        "password",
        user.password());
  }

  /** RFC 3464. */
  private static byte[] bounce(String messageId) {
    return lines(
        "From: MAILER-DAEMON@partner.test",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "",
        "--b",
        "",
        "It could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.partner.test",
        "",
        "Final-Recipient: rfc822; to@partner.test",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        "Message-ID: " + messageId,
        "",
        "--b--");
  }

  private static byte[] lines(String... lines) {
    return String.join("\r\n", lines).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void badInputIsRejectedWithItsReason() {
    String wrong = id("wrong");
    String cut = id("cut");

    broker.submit(FLOWS, submission(wrong).replace("to@partner.test", "nobody"));
    broker.submit(FLOWS, "{\"no\": \"" + cut);

    assertThat(rejection(wrong, FLOWS).path("reason").asText()).startsWith("to");
    assertThat(rejection(cut, FLOWS).path("reason").asText()).contains("is no JSON");
    awaitNoneWaiting();
    assertThat(gateway.api().get("/dead-letters").body().toString()).contains(wrong, "is no JSON");
  }

  @Test
  void producerOfAnotherOrganizationIsRejected() {
    String id = id("foreign");

    broker.submit(STRANGERS, submission(id));

    assertThat(rejection(id, STRANGERS).path("reason").asText()).contains("from");
    assertThat(sink.arrived()).noneMatch(mail -> mail.field("Subject").startsWith(id));
  }

  @Test
  void brokerMayBeAwayForAWhile() {
    String during = id("during");
    String after = id("after");

    broker.stop();
    ApiClient.expect(202, gateway.api().post("/messages", parsed(submission(during))));
    awaitSent(during);
    await("health")
        .atMost(PATIENCE)
        .until(
            () ->
                gateway.metrics().stream()
                    .anyMatch(line -> line.matches("byo_service_up\\{.*broker.*} 0.0")));
    broker.start();
    broker.submit(FLOWS, submission(after));

    awaitSent(after);
    await("both events")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(eventsOf(during)).containsExactly("message.sent");
              assertThat(eventsOf(after)).containsExactly("message.sent");
            });
  }

  /** The last one: the node stays dead. */
  @Test
  @Order(Integer.MAX_VALUE)
  void whatANodeHadWhenItWasKilledIsSentOnceByTheOther() throws SQLException {
    String id = id("killed");
    try (Connection lock = database.dataSource().getConnection()) {
      lock.setAutoCommit(false);
      lock.createStatement().execute("LOCK TABLE outbound_submission IN ACCESS EXCLUSIVE MODE");

      for (int i = 0; i < SHARED; i++) {
        broker.submit(FLOWS, submission(id + "-" + i));
      }
      await("a node has some, and waits for the database")
          .atMost(PATIENCE)
          .until(() -> !nodesThatWait().isEmpty());
      (nodesThatWait().contains("a") ? gateway : second).kill();
      lock.rollback();
    }

    await("all arrive").atMost(PATIENCE).until(() -> arrived(id) >= SHARED);
    awaitNoneWaiting();
    sink.requireEachOnce(id, SHARED);
  }

  @Test
  void doctorChecksTheLogin() {
    List<String> right = new ArrayList<>();
    settings().forEach((name, value) -> right.add(argument(name, value)));

    assertThat(doctor(right)).containsPattern("(?m)ok +broker +" + product());

    List<String> wrong = new ArrayList<>(right);
    wrong.add(wrongPassword());
    assertThat(doctor(wrong)).contains("refuses the login").contains("assword");
  }

  abstract String product();

  abstract String wrongPassword();

  private static String argument(String variable, String value) {
    String name = variable.toLowerCase(java.util.Locale.ROOT).replace('_', '.');
    for (String dashed : DASHED) {
      name = name.replace(dashed.replace('-', '.'), dashed);
    }
    return "--" + name + "=" + value;
  }

  private static String doctor(List<String> settings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>(List.of("doctor", "--mail-server=127.0.0.1:1"));
    words.addAll(settings);
    new DoctorCommand(stream, stream, Clock.systemUTC()).run(words.toArray(String[]::new));
    return out.toString(StandardCharsets.UTF_8);
  }

  private Set<String> nodesThatWait() throws SQLException {
    Set<String> nodes = new TreeSet<>();
    try (Connection connection = database.dataSource().getConnection();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + " AND query LIKE '%INSERT INTO outbound_submission%'")) {
      while (rows.next()) {
        nodes.add(rows.getString(1).replace("byo-email ", ""));
      }
    }
    return nodes;
  }

  private long arrived(String prefix) {
    return sink.arrived().stream().filter(mail -> mail.field("Subject").startsWith(prefix)).count();
  }

  static String id(String what) {
    return what + "-" + UUID.randomUUID();
  }

  String submission(String id) {
    return "{\"id\":\"%s\",\"from\":\"%s\",\"to\":\"to@partner.test\",\"subject\":\"%s\",\"body\":\"Text.\"}"
        .formatted(id, ada, id);
  }

  private static Map<?, ?> parsed(String json) {
    try {
      return JSON.readValue(json, Map.class);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void awaitSent(String subject) {
    await(subject + " arrives").atMost(PATIENCE).until(() -> arrived(subject) > 0);
  }

  void awaitNoneWaiting() {
    await("none waits").atMost(PATIENCE).until(() -> broker.waiting(FLOWS) == 0);
  }

  JsonNode rejection(String id, String producer) {
    await("the rejection of " + id)
        .atMost(PATIENCE)
        .until(
            () -> {
              rejections.addAll(broker.rejected(producer));
              return rejections.stream().anyMatch(one -> one.toString().contains(id));
            });
    return rejections.stream().filter(one -> one.toString().contains(id)).findFirst().orElseThrow();
  }

  private List<String> eventsOf(String submissionId) {
    events.addAll(broker.events());
    return events.stream()
        .filter(event -> event.at("/data/submissionId").asText().equals(submissionId))
        .map(event -> event.path("type").asText())
        .toList();
  }

  private List<Long> positions() {
    return events.stream().map(event -> event.path("position").asLong()).distinct().toList();
  }
}
