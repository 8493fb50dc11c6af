package org.byoemail.platform.routes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The route files of this node: the running version of each, and later versions that cannot run.
 * Each change is logged once. Safe for use by many threads.
 */
@Component
public class LoadedRouteFiles {
  private static final Logger log = LoggerFactory.getLogger(LoadedRouteFiles.class);

  private final Map<String, String> versions = new TreeMap<>();
  private final Map<String, RouteProblem> problems = new TreeMap<>();
  private long changes;

  LoadedRouteFiles(MeterRegistry meters) {
    Gauge.builder("byo.routes.broken", this, LoadedRouteFiles::broken)
        .description("route files whose current version this node does not run")
        .register(meters);
  }

  /** A copy of the state; {@code changes} grows with each change. */
  public record Snapshot(
      Map<String, String> versions, Map<String, RouteProblem> problems, long changes) {}

  /** The current state. */
  public synchronized Snapshot snapshot() {
    return new Snapshot(Map.copyOf(versions), Map.copyOf(problems), changes);
  }

  /** Records the version of a file that runs; empty if none does. */
  public synchronized void runs(String file, Optional<String> version) {
    String before = version.isPresent() ? versions.put(file, version.get()) : versions.remove(file);
    if (!Optional.ofNullable(before).equals(version)) {
      changes++;
    }
  }

  /** Records that the current version of a file does not run. */
  public synchronized void broken(RouteProblem problem) {
    if (!problem.equals(problems.put(problem.file(), problem))) {
      changes++;
      log.error(
          "{}: {}",
          versions.containsKey(problem.file())
              ? "routes are not replaced, the earlier ones keep running"
              : "routes do not run",
          problem);
    }
  }

  /** Records that a file has no problem. */
  public synchronized void sound(String file) {
    RouteProblem before = problems.remove(file);
    if (before != null) {
      changes++;
      log.info("{} is no longer broken", file);
    }
  }

  private synchronized int broken() {
    return problems.size();
  }
}
