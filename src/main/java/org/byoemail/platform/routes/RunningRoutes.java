package org.byoemail.platform.routes;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The routes of this node, as defined in their files. Safe for use by many threads. */
@Component
public class RunningRoutes {
  private volatile Map<String, RouteSource> routes = Map.of();

  RunningRoutes() {}

  /** Replaces the known routes. */
  public void replace(Collection<RouteSource> running) {
    Map<String, RouteSource> now = new HashMap<>();
    running.forEach(route -> now.put(route.id(), route));
    routes = now;
  }

  public Optional<RouteSource> find(String id) {
    return Optional.ofNullable(routes.get(id));
  }
}
