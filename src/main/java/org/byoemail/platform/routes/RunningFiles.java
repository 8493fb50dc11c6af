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
 * The files of routes of this node: which version of each runs, and which ones have a later version
 * that cannot be run. Each change of state is logged once. Safe for use by many threads.
 */
@Component
public class RunningFiles {
  private static final Logger log = LoggerFactory.getLogger(RunningFiles.class);

  private final Map<String, String> versions = new TreeMap<>();
  private final Map<String, RouteProblem> problems = new TreeMap<>();
  private long changes;

  RunningFiles(MeterRegistry meters) {
    Gauge.builder("byo.routes.broken", this, RunningFiles::broken)
        .description("files of routes whose present version this node does not run")
        .register(meters);
  }

  /** A copy of the state; {@code changes} grows with each change. */
  public record Snapshot(
      Map<String, String> versions, Map<String, RouteProblem> problems, long changes) {}

  /** The state at present. */
  public synchronized Snapshot snapshot() {
    return new Snapshot(Map.copyOf(versions), Map.copyOf(problems), changes);
  }

  /** That version of the file runs; empty if none does. */
  public synchronized void runs(String file, Optional<String> version) {
    String before = version.isPresent() ? versions.put(file, version.get()) : versions.remove(file);
    if (!Optional.ofNullable(before).equals(version)) {
      changes++;
    }
  }

  /** The present version of the problem's file is not run. */
  public synchronized void broken(RouteProblem problem) {
    if (!problem.equals(problems.put(problem.file(), problem))) {
      changes++;
      log.error(
          "{}: {}",
          versions.containsKey(problem.file())
              ? "routes are not replaced, the earlier ones run on"
              : "routes are not run",
          problem);
    }
  }

  /** The file has no problem. */
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
