package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.byoemail.support.ApiClient;
import org.byoemail.support.Command;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.FreePorts;
import org.byoemail.support.GatewayBeans;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.PrometheusServer;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.Services;
import org.byoemail.support.StompProducer;
import org.byoemail.support.TokenServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every alert fires at a real Prometheus because of its trouble, with windows, {@code for} and
 * limits in seconds divided by 60. Time alone is moved forward in the database where an alert needs
 * a quarter of an hour or a day of it. Run by the Maven profile {@code faults}.
 */
@Tag("faults")
class AlertsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final String RELAYED = "platform@nobody.test";
  private static final String HOOKED = "hooked@example.test";

  @RegisterExtension static final PrometheusServer PROMETHEUS = new PrometheusServer();
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  @TempDir Path dir;

  private final Set<String> fired = Collections.synchronizedSet(new TreeSet<>());
  private final ScheduledExecutorService background = Executors.newScheduledThreadPool(8);
  private final AtomicInteger number = new AtomicInteger();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Services services;
  private GatewayProcess a;
  private ApiClient api;

  @BeforeEach
  void start() throws Exception {
    services = Services.start(dir.resolve("services"));
    open.add(services);
    a = gateway("a");
    a.start();
    api = a.api();
  }

  @AfterEach
  void stop() throws Exception {
    background.shutdownNow();
    Collections.reverse(open);
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private GatewayProcess gateway(String name) throws IOException {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_METRICS_EXEMPLARS", "false");
    settings.put("BYO_LEASE_NODE", name);
    settings.put("BYO_LEASE_TTL", "4s");
    settings.put("BYO_LEASE_TRANSACTION_TIMEOUT", "2s");
    settings.put("BYO_ROUTES_OWNDIR", Files.createDirectories(routes(name)).toString());
    settings.put("BYO_EMAIL_FLAGFILE", flags().toString());
    settings.put("BYO_OUTBOUND_OWNTROUBLEDELAY", "1s");
    settings.put("BYO_OUTBOUND_UNKNOWNRETRY", "false");
    settings.put("BYO_INBOUND_MAXMESSAGESIZE", "100KB");
    settings.put("BYO_INBOUND_MAXREPORTSIZE", "100KB");
    settings.put("BYO_WEBHOOK_PERWEBHOOK", "1");
    settings.put("BYO_TRANSPORT_RELAY_HOST", "127.0.0.1");
    settings.put("BYO_TRANSPORT_RELAY_PORT", String.valueOf(FreePorts.next()));
    settings.put("BYO_TRANSPORT_RELAY_ORGANIZATIONS_FLOW", "nobody.test");
    settings.put("SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE", "6");
    settings.put(
        "MANAGEMENT_METRICS_SYSTEM_DISKSPACE_PATHS", Files.createDirectories(disk()).toString());
    TokenServer.shared()
        .settings()
        .forEach(
            (property, value) ->
                settings.put(
                    property.replace("-", "").replace('.', '_').toUpperCase(java.util.Locale.ROOT),
                    value));
    Files.writeString(flags(), "enabled: true\n");
    Files.writeString(
        routes(name).resolve("hook.camel.yaml"),
        """
        - route:
            id: hook-before-send
            description: Fails for one sender.
            from:
              uri: direct:hook-before-send
              steps:
                - filter:
                    simple: "${body[from]} contains '%s'"
                    steps:
                      - throwException:
                          exceptionType: java.lang.IllegalStateException
                          message: as the test wants
        """
            .formatted(HOOKED));
    GatewayProcess gateway =
        new GatewayProcess(dir.resolve(name), services, settings).heap("-Xmx384m");
    open.add(gateway);
    return gateway;
  }

  private Path routes(String name) {
    return dir.resolve("routes-" + name);
  }

  private Path flags() {
    return dir.resolve("flags.yaml");
  }

  private Path disk() {
    return dir.resolve("disk");
  }

  @Test
  void everyAlertFires() throws Exception {
    GatewayProcess b = gateway("b");
    b.start();
    watch(a, b);

    deferringServer();
    failingHook();
    relayAway();
    brokenRoute();
    differingRoutes();
    rejectedSubmissions();
    mailServerAway();
    oauthTrouble();
    inboundTrouble();
    webhooks();
    heldMessage();
    mailInReview();
    fullDisk();
    Files.writeString(flags(), "percentage: much\n");
    awaitFired(
        "SendsFailFast",
        "SendsFailSlowly",
        "ProviderSendsFailFast",
        "ProviderSendsFailSlowly",
        "GatewayFailsToSend",
        "HooksFailing",
        "TransportWaits",
        "RoutesBroken",
        "RoutesDiffer",
        "DeadLetters",
        "ImapPollsFailFast",
        "ImapPollsFailSlowly",
        "ProviderPollsFailFast",
        "ProviderPollsFailSlowly",
        "AccountsInError",
        "AccountsOfAHostFail",
        "OAuthClientRefused",
        "OAuthSecretExpires",
        "MailWaitsForReview",
        "MailInReview",
        "MailToReviewersFails",
        "MailQuarantined",
        "BouncesUnmatched",
        "WebhooksLag",
        "FlagProviderFails",
        "DiskFillsUp");
    Files.writeString(flags(), "enabled: true\n");
    routesStopped(a, b);
    ApiClient.expect(202, api.post("/sending/pause"));
    awaitFired("SendingPaused", "MailHeld", "WebhooksFailing");
    ApiClient.expect(202, api.post("/sending/resume"));

    lockedTable();
    servicesAway();
    b.freeze();
    awaitFired("NodeAway");
    awaitFencesOf("a");
    b.thaw();
    awaitFired("LeasesLost");
    // A dump of the minutes before, put back.
    services.postgres().execute("UPDATE database_life SET counter = counter - 2");
    awaitFired("DatabaseRestored");
    assertThat(fired)
        .containsAll(
            MonitoringFiles.alerts().stream()
                .map(alert -> alert.path("alert").asText())
                .collect(Collectors.toSet()));
  }

  private void watch(GatewayProcess... gateways) throws IOException {
    PROMETHEUS.start(
        dir.resolve("prometheus"),
        MonitoringFiles.hastenedRules(),
        List.of(gateways).stream().map(GatewayProcess::httpPort).toList());
    await("a scrape of each node")
        .atMost(PATIENCE)
        .until(() -> PROMETHEUS.query("byo_outbound_dead_letters == 0").size() == gateways.length);
  }

  private void awaitFired(String... alerts) {
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                for (JsonNode one : PROMETHEUS.query("ALERTS{alertstate=\"firing\"}")) {
                  fired.add(one.at("/metric/alertname").asText());
                }
                return fired.containsAll(List.of(alerts));
              });
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      Set<String> missing = new TreeSet<>(List.of(alerts));
      missing.removeAll(fired);
      throw new AssertionError("did not fire: " + missing + "; fired: " + fired, e);
    }
  }

  private String sender(String address, ScriptedSmtpServer server) {
    return sender(address, api.openAgent(address), server);
  }

  private String sender(String address, String agent, ScriptedSmtpServer server) {
    open.add(server);
    return OutboundAccounts.make(api, agent, address, "localhost", server.port());
  }

  private void submit(String from) {
    int one = number.incrementAndGet();
    ApiClient.expect(
        202,
        api.post(
            "/messages",
            Map.of(
                "id",
                "alerts-" + one,
                "from",
                from,
                "to",
                List.of("to" + one + "@example.test"),
                "subject",
                "alerts",
                "body",
                "Text.")));
  }

  private void repeat(Duration pause, Runnable work) {
    background.scheduleWithFixedDelay(
        () -> {
          try {
            work.run();
          } catch (RuntimeException | AssertionError away) {
            // While a service is away, too: again at the next turn.
          }
        },
        0,
        pause.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void deferringServer() {
    sender(
        "deferred@example.test",
        new ScriptedSmtpServer().answer("RCPT", "450 4.2.1 the mailbox is busy"));
    repeat(Duration.ofMillis(250), () -> submit("deferred@example.test"));
  }

  private void failingHook() {
    sender(HOOKED, new ScriptedSmtpServer());
    for (int i = 0; i < 8; i++) {
      submit(HOOKED);
    }
  }

  private void relayAway() {
    String account = sender(RELAYED, new ScriptedSmtpServer());
    // Its address stays one that may be sent from.
    ApiClient.expect(204, api.delete("/accounts/" + account));
    submit(RELAYED);
  }

  private void brokenRoute() throws IOException {
    Files.writeString(
        routes("a").resolve("broken.camel.yaml"),
        """
        - route:
            id: broken
            from:
              uri: direct:broken
              steps:
                - bean:
                    ref: noSuchBean
        """);
  }

  private void differingRoutes() throws IOException {
    for (String node : List.of("a", "b")) {
      Files.writeString(
          routes(node).resolve("differs.camel.yaml"),
          """
          - route:
              id: differs
              from:
                uri: direct:differs
                steps:
                  - setBody:
                      constant: on %s
          """
              .formatted(node));
    }
  }

  private void rejectedSubmissions() throws Exception {
    try (StompProducer producer = new StompProducer(services.broker().stompPort())) {
      for (int i = 0; i < 30; i++) {
        producer.send("{\"id\": \"rejected-" + i + "\"}");
      }
      producer.finish();
    }
  }

  /** Six mailboxes whose server is gone. */
  private void mailServerAway() {
    com.icegreen.greenmail.util.ServerSetup setup =
        new com.icegreen.greenmail.util.ServerSetup(FreePorts.next(), "127.0.0.1", "imap");
    com.icegreen.greenmail.util.GreenMail server = new com.icegreen.greenmail.util.GreenMail(setup);
    List<String> accounts = new ArrayList<>();
    server.start();
    try {
      for (int i = 0; i < 6; i++) {
        String address = "lost" + i + "@example.test";
        server.setUser(address, address, "secret");
        Map<String, ?> imap =
            Map.of(
                "host", "127.0.0.1",
                "port", setup.getPort(),
                "security", "none",
                "username", address,
                "password", "secret");
        String account =
            ApiClient.expect(
                    201,
                    api.post(
                        "/accounts",
                        Map.of("agent", api.openAgent(address), "address", address, "imap", imap)))
                .text("id");
        ApiClient.expect(200, api.post("/accounts/" + account + "/test-imap"));
        ApiClient.expect(200, api.patch("/accounts/" + account, Map.of("inboundEnabled", true)));
        accounts.add(account);
      }
    } finally {
      server.stop();
    }
    repeat(
        Duration.ofMillis(500),
        () -> accounts.forEach(account -> api.post("/accounts/" + account + "/poll")));
  }

  private void oauthTrouble() {
    MailUser user = DOVECOT.freshUser("app");
    TokenServer.shared().delegate("client_credentials", user.address());
    api.oauthClient(
        "client_credentials",
        Map.of(
            "clientId", "app-only",
            "secret", "a-wrong-client-secret",
            "secretExpiresAt", Instant.now().plus(3, ChronoUnit.DAYS).toString()));
    Map<String, Object> smtp =
        Map.of("host", "localhost", "port", 587, "security", "starttls", "auth", "oauth2");
    String account =
        ApiClient.expect(
                201,
                api.post(
                    "/accounts",
                    Map.of(
                        "agent", api.openAgent(user.address()),
                        "address", user.address(),
                        "smtp", smtp,
                        "oauth", Map.of("provider", "test", "kind", "client_credentials"))))
            .text("id");
    api.post("/accounts/" + account + "/test-smtp");
  }

  private void inboundTrouble() {
    MailUser user = DOVECOT.freshUser("alerts");
    String agent =
        ApiClient.expect(
                201,
                api.post(
                    "/agents",
                    Map.of(
                        "name",
                        "careful",
                        "organization",
                        "flow",
                        "contactPolicy",
                        Map.of("inbound", "listed", "contacts", List.of("@else.test")))))
            .text("id");
    String account =
        ApiClient.expect(
                201,
                api.post(
                    "/accounts",
                    Map.of(
                        "agent", agent,
                        "address", user.address(),
                        "imap", RealAccounts.imap(DOVECOT, user))))
            .text("id");
    ApiClient.expect(200, api.post("/accounts/" + account + "/test-imap"));
    ApiClient.expect(200, api.patch("/accounts/" + account, Map.of("inboundEnabled", true)));
    deliver(user, "From: ann@else.test\r\nSubject: unproven\r\n\r\nText.\r\n");
    deliver(
        user, "From: ann@else.test\r\nSubject: large\r\n\r\n" + "0123456789\r\n".repeat(20_000));
    await("mail held for review")
        .atMost(PATIENCE)
        .until(() -> !api.get("/held").body().path("items").isEmpty());
    services
        .postgres()
        .execute(
            "UPDATE inbound_mail SET held_at = held_at - interval '25 hours' WHERE held_at IS NOT NULL");
    AtomicInteger report = new AtomicInteger();
    repeat(
        Duration.ofMillis(500),
        () -> {
          if (report.get() < 60) {
            deliver(user, bounce(user.address(), report.incrementAndGet()));
          }
        });
  }

  private static void deliver(MailUser user, String mail) {
    DOVECOT.deliver("", user.address(), List.of(mail.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Of a mail that nobody here has sent (RFC 3464). */
  private static String bounce(String to, int number) {
    return """
        From: MAILER-DAEMON@else.test
        To: %1$s
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <bounce-%2$d@else.test>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        It could not be delivered.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.else.test

        Final-Recipient: rfc822; unknown%2$d@else.test
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 no such user

        --b
        Content-Type: text/rfc822-headers

        From: %1$s
        Message-ID: <never-sent-%2$d@else.test>

        --b--
        """
        .formatted(to, number)
        .replace("\n", "\r\n");
  }

  /** One receiver that is slow, and one that fails. */
  private void webhooks() throws IOException {
    CountDownLatch ended = new CountDownLatch(1);
    open.add(ended::countDown);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/slow",
        exchange -> {
          try {
            exchange.getRequestBody().readAllBytes();
            boolean ignored = ended.await(3, TimeUnit.SECONDS);
            exchange.sendResponseHeaders(200, -1);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            exchange.close();
          }
        });
    server.createContext(
        "/fails",
        exchange -> {
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    for (String path : List.of("/slow", "/fails")) {
      ApiClient.expect(
          201,
          api.post(
              "/webhooks",
              Map.of(
                  "url",
                  "http://127.0.0.1:" + server.getAddress().getPort() + path,
                  "organization",
                  "flow")));
    }
    repeat(
        Duration.ofSeconds(1),
        () ->
            services
                .postgres()
                .execute(
                    "UPDATE webhook SET failing_since = failing_since - interval '16 minutes'"
                        + " WHERE failing_since > statement_timestamp() - interval '15 minutes'"));
  }

  /** Its server took the mail, and hung up before it said so. */
  private void heldMessage() {
    sender(
        "held@example.test",
        new ScriptedSmtpServer().answer(ScriptedSmtpServer.END_OF_DATA, ScriptedSmtpServer.CUT));
    submit("held@example.test");
  }

  private void mailInReview() {
    String agent = api.openAgent("reviewed");
    ApiClient.expect(
        200,
        api.patch(
            "/agents/" + agent,
            Map.of("sendingPolicy", Map.of("review", Map.of("when", "always")))));
    sender("reviewed@example.test", agent, new ScriptedSmtpServer());
    submit("reviewed@example.test");
    await("mail in review")
        .atMost(PATIENCE)
        .until(() -> !api.get("/reviews?state=requested").body().path("items").isEmpty());
    services
        .postgres()
        .execute("UPDATE outbound_review SET requested_at = requested_at - interval '25 hours'");
    services
        .postgres()
        .execute(
            """
            INSERT INTO mail_reviewer (id, organization, agents, address, mailbox, decides_by, named_by, created_at,
              confirmed_at)
            SELECT gen_random_uuid(), organization, '{}', 'eva@people.test', 'eva@people.test', 'login', 'user:admin', now(),
              now()
            FROM outbound_review LIMIT 1
            """);
    services
        .postgres()
        .execute(
            """
            INSERT INTO review_mail (id, review_id, version, reviewer_id, last_error)
            SELECT gen_random_uuid(), r.id, r.version, m.id, 'no transport' FROM outbound_review r, mail_reviewer m
            """);
  }

  private void fullDisk() throws IOException {
    Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk().toString()));
    open.add(() -> Command.run(List.of("umount", "-l", disk().toString())));
    Files.write(disk().resolve("full"), new byte[1_000_000]);
  }

  /** Nobody claims mail, and nobody seals dossiers. */
  private void routesStopped(GatewayProcess... nodes) {
    invoke("stop", nodes);
    awaitFired("MailWaits", "DossiersNotSealed");
    invoke("start", nodes);
  }

  private static void invoke(String operation, GatewayProcess... nodes) {
    for (GatewayProcess node : nodes) {
      try (GatewayBeans beans = GatewayBeans.of(node.pid())) {
        beans.invoke("routes", "\"outbound-claim\"", operation);
        beans.invoke("routes", "\"dossier-seal\"", operation);
      }
    }
  }

  /** A transaction locks a table, so that each reader of it keeps a connection. */
  private void lockedTable() throws Exception {
    try (Connection connection = services.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE suppression IN ACCESS EXCLUSIVE MODE");
      List<CompletableFuture<?>> readers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        readers.add(CompletableFuture.runAsync(() -> api.get("/suppressions"), background));
      }
      for (int i = 0; i < 6; i++) {
        background.submit(() -> api.get("/suppressions"));
      }
      awaitFired("DatabasePoolExhausted");
      connection.rollback();
    }
  }

  private void servicesAway() {
    services.redis().kill();
    awaitFired("RedisAway", "SharingUnknown");
    services.redis().start();
    services.broker().kill();
    awaitFired("BrokerAway", "EventsLag");
    services.broker().start();
    services.postgres().kill();
    awaitFired("DatabaseAway");
    services.postgres().start();
  }

  private void awaitFencesOf(String node) {
    await("the leases of " + node)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              for (JsonNode account : api.get("/accounts?limit=200").body().path("items")) {
                for (JsonNode folder : account.path("folders")) {
                  if (!folder.at("/lease/node").asText(node).equals(node)) {
                    return false;
                  }
                }
              }
              return true;
            });
  }
}
