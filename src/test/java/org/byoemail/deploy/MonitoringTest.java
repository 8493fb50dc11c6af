package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.deploy.MonitoringFiles.Query;
import org.byoemail.support.PrometheusServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can be checked of Prometheus' and Grafana's files without starting either. */
class MonitoringTest {
  @RegisterExtension static final PrometheusServer PROMETHEUS = new PrometheusServer();

  private static final String RULES = "/etc/prometheus/rules.yml";
  private static final String DASHBOARDS = "/etc/grafana/dashboards";

  @Test
  void prometheusReadsTheMetricsOfEveryNode() throws IOException {
    JsonNode scrape = MonitoringFiles.read("prometheus/prometheus.yml").at("/scrape_configs/0");

    List<String> nodes =
        DeploymentTest.services().entrySet().stream()
            .filter(service -> service.getValue().containsKey("build"))
            .map(service -> service.getKey() + ":8080")
            .toList();
    assertThat(scrape.path("metrics_path").asText()).isEqualTo("/actuator/prometheus");
    assertThat(MonitoringFiles.each(scrape.at("/static_configs/0/targets")))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrderElementsOf(nodes);
    assertThat(nodes).hasSizeGreaterThan(1);
  }

  @Test
  void everyFileIsMountedWhereItIsLookedFor() throws IOException {
    assertThat(mounts("prometheus"))
        .containsEntry("/etc/prometheus/prometheus.yml", "deploy/prometheus/prometheus.yml")
        .containsEntry(RULES, "deploy/prometheus/rules.yml");
    assertThat(
            MonitoringFiles.read("prometheus/prometheus.yml").path("rule_files").path(0).asText())
        .isEqualTo(Path.of(RULES).getFileName().toString());
    assertThat(mounts("grafana"))
        .containsEntry("/etc/grafana/provisioning", "deploy/grafana/provisioning")
        .containsEntry(DASHBOARDS, "deploy/grafana/dashboards");
    assertThat(
            MonitoringFiles.read("grafana/provisioning/dashboards/byo-email.yaml")
                .at("/providers/0/options/path")
                .asText())
        .isEqualTo(DASHBOARDS);
    Map<?, ?> grafana = (Map<?, ?>) DeploymentTest.services().get("grafana").get("environment");
    assertThat(grafana.get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"))
        .isEqualTo(DASHBOARDS + "/byo-email.json");
  }

  @Test
  void everyPanelAsksTheServerThatGrafanaKnows() throws IOException {
    JsonNode source =
        MonitoringFiles.read("grafana/provisioning/datasources/prometheus.yaml")
            .at("/datasources/0");

    assertThat(DeploymentTest.services()).containsKey("prometheus");
    assertThat(source.path("url").asText()).isEqualTo("http://prometheus:9090");
    assertThat(MonitoringFiles.panels())
        .hasSizeGreaterThan(20)
        .allSatisfy(
            panel -> {
              assertThat(panel.at("/datasource/uid")).isEqualTo(source.path("uid"));
              assertThat(MonitoringFiles.each(panel.path("targets")))
                  .isNotEmpty()
                  .allMatch(target -> target.at("/datasource/uid").equals(source.path("uid")));
            });
    assertThat(MonitoringFiles.panels())
        .extracting(panel -> panel.path("id"))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyAlertIsExplained() throws IOException {
    String operations = Files.readString(Path.of("docs/operations.md"));

    assertThat(MonitoringFiles.alerts())
        .isNotEmpty()
        .allSatisfy(
            alert -> {
              assertThat(operations).contains("`" + alert.path("alert").asText() + "`");
              assertThat(alert.at("/labels/severity").asText()).isIn("page", "ticket");
              assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            });
  }

  @Test
  void everyAlertFiresAndStaysQuietAsItsUnitTestsSay() {
    assertThat(PrometheusServer.tool("test", "rules", "deploy/prometheus/rules.test.yml"))
        .contains("SUCCESS");
    assertThat(
            MonitoringFiles.each(MonitoringFiles.read("prometheus/rules.test.yml").path("tests"))
                .stream()
                .flatMap(test -> MonitoringFiles.each(test.path("alert_rule_test")).stream())
                .filter(test -> !test.path("exp_alerts").isEmpty())
                .map(test -> test.path("alertname").asText()))
        .containsAll(
            MonitoringFiles.alerts().stream().map(alert -> alert.path("alert").asText()).toList());
  }

  @Test
  void whatIsAskedOfTheRulesIsRecorded() {
    List<String> asked =
        MonitoringFiles.queries().stream().flatMap(query -> query.recorded().stream()).toList();

    assertThat(asked).isNotEmpty();
    assertThat(MonitoringFiles.recordedByRules()).containsAll(asked);
    assertThat(MonitoringFiles.queries())
        .allMatch(MonitoringTest::asksForSomething, "asks for something that is known here");
  }

  private static boolean asksForSomething(Query query) {
    return !query.metrics().isEmpty()
        || !query.recorded().isEmpty()
        || query.expression().contains("up{job=\"byo-email\"}");
  }

  /** The files of this repository by where a service sees them. */
  private static Map<String, String> mounts(String service) throws IOException {
    return ((List<?>) DeploymentTest.services().get(service).get("volumes"))
        .stream()
            .map(Object::toString)
            .filter(volume -> volume.startsWith("./"))
            .map(volume -> volume.substring(2).split(":"))
            .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
  }
}
