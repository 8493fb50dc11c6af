package org.byoemail.platform.routes;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Down while a route file is broken: its earlier routes keep running, but the next start would
 * fail.
 */
@Component("routesHealthIndicator")
class RoutesHealthIndicator implements HealthIndicator {
  private final LoadedRouteFiles files;
  private final RouteVersions versions;

  RoutesHealthIndicator(LoadedRouteFiles files, RouteVersions versions) {
    this.files = files;
    this.versions = versions;
  }

  @Override
  public Health health() {
    LoadedRouteFiles.Snapshot now = files.snapshot();
    List<String> drift = versions.drift();
    Health.Builder health = now.problems().isEmpty() ? Health.up() : Health.down();
    if (!now.problems().isEmpty()) {
      Map<String, String> broken = new TreeMap<>();
      now.problems().forEach((file, problem) -> broken.put(file, problem.toString()));
      health.withDetail("broken", broken);
    }
    if (!drift.isEmpty()) {
      health.withDetail("differBetweenNodes", drift);
    }
    return health.withDetail("files", now.versions().size()).build();
  }
}
