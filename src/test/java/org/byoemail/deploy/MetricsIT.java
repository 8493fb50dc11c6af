package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.deploy.MonitoringFiles.Query;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and dashboard ask for metrics that the program really has. */
class MetricsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  @TempDir Path dir;

  @Test
  void everyMetricOfRulesAndDashboardIsThereWithItsLabels() {
    Map<String, String> settings =
        Map.of(
            "BYO_DEMO_ENABLED", "true",
            "BYO_TRANSPORT_RELAY_HOST", "127.0.0.1",
            "BYO_TRANSPORT_RELAY_DOMAINS", "nobody.test");
    try (GatewayProcess gateway = new GatewayProcess(dir, settings)) {
      gateway.start();
      // The demo sends a mail that arrives and one that comes back.
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.api().get("/bounces").body().path("items").size() == 1);
      ApiClient stranger = new ApiClient("http://127.0.0.1:" + gateway.httpPort(), "wrong");
      assertThat(stranger.get("/agents").status()).isEqualTo(401);

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
    }
  }

  private static void assertKnown(Query query, Map<String, Set<String>> shown) {
    assertThat(shown.keySet()).containsAll(query.metrics());
    Set<String> labels = new TreeSet<>();
    query.metrics().forEach(metric -> labels.addAll(shown.get(metric)));
    assertThat(labels).as(query.expression()).containsAll(query.labels());
  }

  /** The labels of each metric. */
  private static Map<String, Set<String>> labels(List<String> lines) {
    Map<String, Set<String>> found = new HashMap<>();
    for (String line : lines) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        Set<String> labels = found.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
          labels.add(label.group(1));
        }
      }
    }
    return found;
  }
}
