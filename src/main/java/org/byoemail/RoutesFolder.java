package org.byoemail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.health.StartRefused;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sets the route files that Camel loads: the program's, without the files for brokers that are not
 * selected, then the operator's own. The start fails if there are no routes, since Camel would
 * silently run without any, and if Camel's own reload is on, since it stops routes whose new
 * version is broken.
 */
class RoutesFolder implements EnvironmentPostProcessor, Ordered {

  private static final String FILES = "/**/*.camel.yaml";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (environment.getProperty("camel.main.routes-reload-enabled", Boolean.class, false)) {
      throw new Missing(
          "camel.main.routes-reload-enabled is not supported",
          "Set byo.routes.reload (BYO_ROUTES_RELOAD) instead.");
    }
    Path dir = Path.of(environment.getProperty("byo.routes-dir", "routes"));
    if (!Files.isDirectory(dir) || !hasRoutes(dir)) {
      throw new Missing(
          "There are no routes (*.camel.yaml) in " + dir.toAbsolutePath().normalize(),
          "Start in the folder that holds 'routes', or set byo.routes-dir (BYO_ROUTES_DIR).");
    }
    String pattern = "file:" + dir + FILES;
    String own = environment.getProperty("byo.routes.own-dir", "own-routes");
    if (Files.isDirectory(Path.of(own))) {
      // Camel rejects a folder that does not exist.
      pattern += ",file:" + own + FILES;
    }
    environment
        .getPropertySources()
        .addLast(
            new MapPropertySource(
                "routes",
                Map.of(
                    "camel.main.routes-include-pattern",
                    pattern,
                    "camel.main.routes-exclude-pattern",
                    otherBrokers(BrokerKind.of(environment)))));
  }

  private static String otherBrokers(BrokerKind selected) {
    return Arrays.stream(BrokerKind.values())
        .filter(kind -> kind != selected)
        .map(kind -> "**/brokers/" + kind.word() + "/**")
        .collect(Collectors.joining(","));
  }

  /** After the configuration files were read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  private static boolean hasRoutes(Path dir) {
    try (Stream<Path> files = Files.walk(dir)) {
      return files.anyMatch(file -> file.toString().endsWith(".camel.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the routes below " + dir, e);
    }
  }

  /** The settings of the routes are not valid. */
  static final class Missing extends StartRefused {
    private static final long serialVersionUID = 1;

    Missing(String what, String remedy) {
      super(what, remedy);
    }
  }
}
