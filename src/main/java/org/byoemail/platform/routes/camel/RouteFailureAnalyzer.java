package org.byoemail.platform.routes.camel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.spring.boot.CamelSpringBootInitializationException;
import org.byoemail.platform.routes.RouteProblem;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/** Names in one line the file, line and route that prevent the start. */
final class RouteFailureAnalyzer implements FailureAnalyzer {
  private static final int MAX_CAUSES = 20;
  private static final String REMEDY =
      "Correct the file or revert the change. docs/extending.md describes what route files may contain.";

  private final Environment environment;

  RouteFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    boolean ofRoutes = RouteFailures.routeOf(failure) != null;
    Throwable each = failure;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (each instanceof BrokenRoutes) {
        return new FailureAnalysis(String.valueOf(each.getMessage()), REMEDY, failure);
      }
      ofRoutes |= each instanceof CamelSpringBootInitializationException;
      each = each.getCause();
    }
    return ofRoutes ? new FailureAnalysis(problem(failure).toString(), REMEDY, failure) : null;
  }

  private RouteProblem problem(Throwable failure) {
    List<RouteFile> files = new ArrayList<>();
    try {
      RouteFolders folders = RouteFolders.of(environment);
      for (Map.Entry<String, RouteFolders.Stamp> file : folders.scan().entrySet()) {
        files.add(
            RouteFile.parse(
                file.getKey(),
                file.getValue().path().toString(),
                RouteFolders.read(file.getValue().path())));
      }
    } catch (RouteFile.Broken e) {
      return e.problem();
    } catch (IOException e) {
      return new RouteProblem("routes", 0, null, "cannot be read: " + e);
    }
    return RouteFailures.problem(failure, null, files);
  }
}
