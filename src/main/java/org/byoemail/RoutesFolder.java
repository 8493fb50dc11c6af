package org.byoemail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/** Stops the start where there are no routes: Camel would run with none and say nothing. */
class RoutesFolder implements EnvironmentPostProcessor, Ordered {

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Path dir = Path.of(environment.getProperty("byo.routes-dir", "routes"));
    if (!Files.isDirectory(dir) || !hasRoutes(dir)) {
      throw new Missing(dir.toAbsolutePath().normalize());
    }
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

  /** There are no routes in that folder. */
  static final class Missing extends RuntimeException {
    Missing(Path dir) {
      super("There are no routes (*.camel.yaml) in " + dir);
    }
  }

  /** Tells it in one line with the remedy. */
  static final class MissingAnalyzer extends AbstractFailureAnalyzer<Missing> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, Missing cause) {
      return new FailureAnalysis(
          String.valueOf(cause.getMessage()),
          "Start in the folder that holds 'routes', or set byo.routes-dir (BYO_ROUTES_DIR).",
          rootFailure);
    }
  }
}
