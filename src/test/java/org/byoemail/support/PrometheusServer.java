package org.byoemail.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Prometheus, Debian's, on loopback: it scrapes a gateway every second and evaluates {@code
 * deploy/prometheus/rules.yml}. Its tool checks rules and runs their unit tests.
 */
public final class PrometheusServer implements ExecutionCondition, AfterAllCallback {
  private static final Path PROGRAM = Requirements.unpacked("prometheus/usr/bin/prometheus");
  private static final Path TOOL = Requirements.unpacked("prometheus/usr/bin/promtool");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final int port = FreePorts.next();
  private final HttpClient http = HttpClient.newHttpClient();
  private Process process;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Requirements.ofThisMachine().check(PROGRAM.toString(), TOOL.toString());
  }

  /** Runs promtool; what it says, or an exception with that if it fails. */
  public static String tool(String... arguments) {
    List<String> words = new ArrayList<>(List.of(TOOL.toString()));
    words.addAll(List.of(arguments));
    return Command.run(words);
  }

  /** Starts scraping a gateway; returns before it is ready. */
  public void start(Path dir, int gatewayPort) throws IOException {
    start(dir, Files.readString(Path.of("deploy/prometheus/rules.yml")), List.of(gatewayPort));
  }

  /** Starts scraping gateways, with these rules; returns before it is ready. */
  public void start(Path dir, String rules, List<Integer> gatewayPorts) throws IOException {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("rules.yml"), rules);
    Path configuration = dir.resolve("prometheus.yml");
    Files.writeString(
        configuration,
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [rules.yml]
        scrape_configs:
          - job_name: byo-email
            metrics_path: /actuator/prometheus
            static_configs: [targets: [%s]]
        """
            .formatted(
                gatewayPorts.stream()
                    .map(gateway -> "\"127.0.0.1:" + gateway + "\"")
                    .collect(Collectors.joining(", "))));
    process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + dir.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("prometheus.log").toFile())
            .start();
  }

  /** The result of an expression now; empty until there is one. */
  public JsonNode query(String expression) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + port
                        + "/api/v1/query?query="
                        + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
            .timeout(TIMEOUT)
            .build();
    try {
      JsonNode answer =
          new ObjectMapper()
              .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      if (!answer.path("status").asText().equals("success")) {
        throw new IllegalArgumentException(expression + ": " + answer);
      }
      return answer.at("/data/result");
    } catch (IOException e) {
      return new ObjectMapper().createArrayNode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
