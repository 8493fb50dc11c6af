package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.deploy.MonitoringFiles.Query;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.byoemail.support.ApiClient;
import org.byoemail.support.FreePorts;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.PrometheusServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rules and dashboard ask for metrics that the program really has. */
class MetricsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  /** What nothing here brings about. */
  private static final Set<String> NOT_SEEN =
      Set.of(
          "outcome=\"" + Unknown.class.getSimpleName().toLowerCase(Locale.ROOT) + "\"",
          "outcome=\"internal\"",
          // By Postmark only.
          "outcome=\"deferred\"",
          "matched=\"none\"");

  /** Shown of hosts where several accounts back off; see {@code SendingGaugesTest}. */
  private static final String OF_MANY_ACCOUNTS = "byo_accounts_backoff_share";

  @RegisterExtension static final PrometheusServer PROMETHEUS = new PrometheusServer();

  @TempDir Path dir;

  @Test
  void everyMetricOfRulesAndDashboardIsThereWithItsLabelsAndTheirValues() throws Exception {
    Map<String, String> settings =
        Map.of(
            // Debian's Prometheus reads none.
            "BYO_METRICS_EXEMPLARS", "false",
            "BYO_DEMO_ENABLED", "true",
            "BYO_CONNECTION_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128",
            "BYO_TRANSPORT_POSTMARK_TOKEN", "a-token",
            "BYO_TRANSPORT_POSTMARK_ORGANIZATIONS_FLOW", "postmark.test",
            "BYO_TRANSPORT_POSTMARK_BASEURL", "http://127.0.0.1:" + FreePorts.next(),
            "BYO_TRANSPORT_RELAY_HOST", "127.0.0.1",
            "BYO_TRANSPORT_RELAY_ORGANIZATIONS_FLOW", "nobody.test");
    try (GatewayProcess gateway = new GatewayProcess(dir, settings)) {
      gateway.start();
      PROMETHEUS.start(dir.resolve("prometheus"), gateway.httpPort());
      ApiClient api = gateway.api();
      // The demo sends a mail that arrives and one that comes back.
      await().atMost(PATIENCE).until(() -> api.get("/bounces").body().path("items").size() == 1);
      ApiClient stranger = new ApiClient("http://127.0.0.1:" + gateway.httpPort(), "wrong");
      assertThat(stranger.get("/agents").status()).isEqualTo(401);
      sendByAPostmarkThatIsAway(api);
      loseAMailServer(api);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Map<String, Set<String>> shown = labels(gateway.metrics());
                assertThat(MonitoringFiles.queries())
                    .filteredOn(query -> !query.metrics().isEmpty())
                    .hasSizeGreaterThan(30)
                    .allSatisfy(query -> assertKnown(query, shown));
              });
      await().atMost(PATIENCE).untilAsserted(MetricsIT::assertEveryPanelShowsSomething);
    }
  }

  private static void assertEveryPanelShowsSomething() {
    for (JsonNode panel : MonitoringFiles.panels()) {
      for (JsonNode target : panel.path("targets")) {
        String expression = target.path("expr").asText().replace("$__rate_interval", "1m");
        assertThat(PROMETHEUS.query(expression)).as(expression).isNotEmpty();
      }
    }
  }

  private static void sendByAPostmarkThatIsAway(ApiClient api) {
    String address = "platform@postmark.test";
    String account = account(api, address, "smtp", FreePorts.next());
    // Its address stays one that may be sent from.
    ApiClient.expect(204, api.delete("/accounts/" + account));
    ApiClient.expect(
        202,
        api.post(
            "/messages",
            Map.of(
                "id", "by-postmark",
                "from", address,
                "to", List.of("somebody@example.test"),
                "subject", "By Postmark",
                "body", "Text.")));
  }

  private static void loseAMailServer(ApiClient api) {
    String address = "lost@example.test";
    ServerSetup setup = new ServerSetup(FreePorts.next(), "127.0.0.1", ServerSetup.PROTOCOL_IMAP);
    GreenMail server = new GreenMail(setup);
    server.setUser(address, address, "secret");
    server.start();
    try {
      String account = account(api, address, "imap", setup.getPort());
      ApiClient.expect(200, api.post("/accounts/" + account + "/test-imap"));
      ApiClient.expect(200, api.patch("/accounts/" + account, Map.of("inboundEnabled", true)));
    } finally {
      server.stop();
    }
  }

  private static String account(ApiClient api, String address, String side, int port) {
    Map<String, ?> server =
        Map.of(
            "host", "localhost",
            "port", port,
            "security", "none",
            "username", address,
            "password", "secret");
    return ApiClient.expect(
            201,
            api.post(
                "/accounts",
                Map.of("agent", api.openAgent(address), "address", address, side, server)))
        .text("id");
  }

  private static void assertKnown(Query query, Map<String, Set<String>> shown) {
    if (query.metrics().contains(OF_MANY_ACCOUNTS)) {
      return;
    }
    assertThat(shown.keySet()).containsAll(query.metrics());
    Set<String> labels = new TreeSet<>(NOT_SEEN);
    query.metrics().forEach(metric -> labels.addAll(shown.get(metric)));
    assertThat(labels)
        .as(query.expression())
        .containsAll(query.labels())
        .containsAll(query.selected());
  }

  /** The labels of each metric, and with their values. */
  private static Map<String, Set<String>> labels(List<String> lines) {
    Map<String, Set<String>> found = new HashMap<>();
    for (String line : lines) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        Set<String> labels = found.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
          labels.add(label.group(1));
          labels.add(label.group());
        }
      }
    }
    return found;
  }
}
