package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.StringUtils;

/** Holds the shipped routes against {@link RouteConventions}, and shows what those catch. */
class RouteConventionsTest {
  private static final String GOOD =
      """
      - route:
          id: outbound-take
          description: Takes what producers hand in.
          routeConfigurationId: outbound-errors
          from:
            uri: jms:queue:somewhere?disableReplyTo=true
            steps:
              - removeHeaders:
                  pattern: "*"
              - to:
                  uri: direct:outbound-take-inside
              - to:
                  id: tell
                  uri: jms:queue:elsewhere?disableReplyTo=true
      - route:
          id: outbound-take-inside
          description: Does the work.
          routeConfigurationId: outbound-errors
          from:
            uri: direct:outbound-take-inside
            steps:
              - log:
                  message: done
      - route:
          id: outbound-take-again
          description: Looks for more.
          routeConfigurationId: outbound-errors
          from:
            uri: timer:outbound-take-again
            parameters:
              period: "{{byo.outbound.claim-interval}}"
            steps:
              - to:
                  uri: direct:outbound-take-inside
      """;

  @TempDir Path dir;

  @Test
  void shippedRoutesKeepTheConventions() throws Exception {
    try (Stream<Path> found = Files.walk(Path.of("routes"))) {
      Path[] files = found.filter(f -> f.toString().endsWith(".camel.yaml")).toArray(Path[]::new);

      assertThat(RouteConventions.violations(files)).isEmpty();
    }
  }

  @Test
  void everyYamlBelowRoutesIsLoaded() throws Exception {
    try (Stream<Path> found = Files.walk(Path.of("routes"))) {
      assertThat(found.filter(f -> f.toString().endsWith(".yaml") || f.toString().endsWith(".yml")))
          .allMatch(f -> f.toString().endsWith(".camel.yaml"));
    }
  }

  /** A library's beans may have other names with another JDK. */
  @Test
  void routesNameOurOwnBeansOnly() throws Exception {
    String routes = textOf(Path.of("routes"));
    String sources = textOf(Path.of("src/main/java"));

    List<String> named =
        Pattern.compile("\"#(\\w+)\"")
            .matcher(routes)
            .results()
            .map(found -> found.group(1))
            .toList();

    assertThat(named)
        .isNotEmpty()
        .allSatisfy(
            bean ->
                assertThat(sources)
                    .containsPattern(
                        "\\b" + bean + "\\(|class " + StringUtils.capitalize(bean) + "\\b"));
  }

  @Test
  void goodRouteHasNoViolation() throws Exception {
    assertThat(violationsOf(GOOD)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "routeConfigurationId: outbound-errors|routeConfigurationId: outbound-erors|names no known routeConfigurationId",
        "uri: direct:outbound-take-inside|uri: direct:outbound-take-insyde|which nobody consumes",
        "description: Takes what producers hand in.|autoStartup: true|has no description",
        "id: outbound-take|id: outbound-accept|its id is outbound-take",
        "pattern: \"*\"|pattern: \"Camel*\"|does not drop every header",
        "id: tell|description: tells|without a step id",
        "somewhere?disableReplyTo=true|somewhere|does not disable replies (disableReplyTo) at jms:queue:somewhere",
        "elsewhere?disableReplyTo=true|elsewhere?disableReplyTo=false|does not disable replies (disableReplyTo) at jms:queue:elsewhere",
        "period: \"{{byo.outbound.claim-interval}}\"|period: 1000|has a literal timing (period: 1000)",
        "id: outbound-take-inside|id: outbound-take-indoors|is not named as its direct endpoint",
      })
  void mistakeIsCaught(String right, String wrong, String complaint) throws Exception {
    assertThat(
            violationsOf(GOOD.replaceFirst(java.util.regex.Pattern.quote(right) + "(?=\n)", wrong)))
        .anySatisfy(violation -> assertThat(violation).contains(complaint));
  }

  @Test
  void directEndpointNamedByAParameterIsCaught() throws Exception {
    String split =
        GOOD.replaceFirst(
            "uri: direct:outbound-take-inside\n",
            "uri: direct\n            parameters:\n              name: outbound-take-inside\n");

    assertThat(violationsOf(split))
        .anySatisfy(
            violation -> assertThat(violation).contains("names a direct endpoint by a parameter"));
  }

  @Test
  void overlongRouteIsCaught() throws Exception {
    String steps = "        - log:\n            message: again\n".repeat(12);

    assertThat(violationsOf(GOOD + steps))
        .anySatisfy(violation -> assertThat(violation).contains("more than 12 steps"));
  }

  private Iterable<String> violationsOf(String routes) throws Exception {
    Path flow = Files.createDirectories(dir.resolve("outbound"));
    Path file = Files.writeString(flow.resolve("take.camel.yaml"), routes);
    Path errors =
        Files.writeString(
            dir.resolve("error-handling.camel.yaml"),
            "- routeConfiguration:\n    id: outbound-errors\n");
    return RouteConventions.violations(errors, file);
  }

  private static String textOf(Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }
}
