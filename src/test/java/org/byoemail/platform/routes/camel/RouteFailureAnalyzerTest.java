package org.byoemail.platform.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spring.boot.CamelSpringBootInitializationException;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

/** What a start says that its routes have ended. */
class RouteFailureAnalyzerTest {
  private static final String ROUTE =
      """
      - route:
          id: tick
          from:
            uri: timer:tick
            steps:
              - bean:
                  ref: clockwork
                  method: tick
      """;

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clockwork|colckwork|7: route tick: No bean could be found in the registry for: colckwork",
        "uri: timer:tick|uri: timr:tick|4: route tick: No endpoint could be found for: timr",
        "method: tick|methd: tick|8: Unsupported field: methd",
        "- bean:|- bean: {|8: no YAML",
      })
  void mistakeIsNamedWithFileAndLine(String right, String wrong, String expected)
      throws IOException {
    String broken = ROUTE.replace(right, wrong);
    Files.writeString(Files.createDirectory(dir.resolve("a")).resolve("tick.camel.yaml"), broken);

    FailureAnalysis analysis = analyzer().analyze(failureOf(broken));

    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription())
        .startsWith("routes/a/tick.camel.yaml:" + expected)
        .doesNotContain("\n");
    assertThat(analysis.getAction()).contains("Correct the file");
  }

  @Test
  void otherFailuresAreLeftToOthers() {
    assertThat(analyzer().analyze(new IllegalStateException("the port is taken"))).isNull();
  }

  private RouteFailureAnalyzer analyzer() {
    return new RouteFailureAnalyzer(
        new MockEnvironment().withProperty("byo.routes-dir", dir.toString()));
  }

  /** As Spring Boot sees it. */
  private Throwable failureOf(String text) {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      return new CamelSpringBootInitializationException(
          (Exception)
              catchThrowable(
                  () -> {
                    PluginHelper.getRoutesLoader(context)
                        .loadRoutes(
                            ResourceHelper.fromString("file:" + dir + "/a/tick.camel.yaml", text));
                    context.start();
                  }));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
