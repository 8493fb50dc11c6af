package org.byoemail.platform.routes.camel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.Route;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.ServiceStatus;
import org.apache.camel.SuspendableService;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the routes of files in a running context. The old routes drain and stop, the new ones
 * start; if that fails, the old definitions start again. No exchange is interrupted. Used by one
 * thread.
 */
final class RouteReplacement {
  private static final Logger log = LoggerFactory.getLogger(RouteReplacement.class);

  private final CamelContext context;
  private final RouteModel model;
  private final Duration drainTimeout;

  /** Routes that should run but did not start; routes stopped by a person do not count. */
  private final Set<String> failedToStart = new HashSet<>();

  RouteReplacement(CamelContext context, Duration drainTimeout) {
    this.context = context;
    this.model = new RouteModel(context);
    this.drainTimeout = drainTimeout;
  }

  /** Exchanges in flight did not end in time; the old routes keep running. */
  static final class StillBusy extends Exception {
    private final String route;

    StillBusy(String route) {
      super("exchanges of route " + route + " were still in flight");
      this.route = route;
    }

    String route() {
      return route;
    }
  }

  /** The new routes did not start. */
  static final class NotStarted extends Exception {
    private final transient @Nullable Exception rollback;

    NotStarted(Exception cause, @Nullable Exception rollback) {
      super(cause);
      this.rollback = rollback;
    }

    /** Why the old routes did not start again either; null if they run. */
    @Nullable Exception rollback() {
      return rollback;
    }
  }

  /**
   * @param before the files whose routes are replaced
   * @param after the files whose routes replace them
   * @throws StillBusy if nothing was changed
   * @throws NotStarted if the new routes did not start; the routes of {@code before} run again if
   *     possible
   */
  void replace(Collection<RouteFile> before, Collection<RouteFile> after)
      throws StillBusy, NotStarted {
    Set<String> locations =
        before.stream().map(RouteFile::location).collect(Collectors.toCollection(HashSet::new));
    after.forEach(file -> locations.add(file.location()));
    // Camel does not say which file a configuration is from.
    Set<String> configurations = new HashSet<>();
    before.forEach(file -> configurations.addAll(file.configurations().keySet()));
    after.forEach(file -> configurations.addAll(file.configurations().keySet()));
    List<RouteDefinition> old = routesOf(locations);
    // Routes that an operator has stopped stay stopped; routes that never started need not start
    // again.
    Set<String> halted = halted(old);
    List<Route> feeders = suspendFeeders(old);
    try {
      stop(old, halted);
      try {
        remove(locations, configurations);
        load(after, halted);
        old.forEach(route -> failedToStart.remove(route.getRouteId()));
      } catch (Exception e) {
        Exception rollback = rollBack(locations, configurations, before, halted);
        if (rollback != null) {
          routesOf(locations).forEach(route -> failedToStart.add(route.getRouteId()));
          failedToStart.removeAll(halted);
        }
        throw new NotStarted(e, rollback);
      }
    } finally {
      resume(feeders);
    }
  }

  private List<RouteDefinition> routesOf(Set<String> locations) {
    return model.routes().stream()
        .filter(route -> isOf(route.getResource(), locations))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static boolean isOf(@Nullable Resource resource, Set<String> locations) {
    String location = RouteModel.locationOf(resource);
    return location != null && locations.contains(location);
  }

  private Set<String> halted(List<RouteDefinition> routes) {
    Set<String> halted = new HashSet<>();
    for (RouteDefinition route : routes) {
      ServiceStatus status = status(route.getRouteId());
      Route running = context.getRoute(route.getRouteId());
      if (running != null
          && Boolean.TRUE.equals(running.isAutoStartup())
          && status != null
          && !status.isStarted()
          && !failedToStart.contains(route.getRouteId())) {
        halted.add(route.getRouteId());
      }
    }
    return halted;
  }

  private @Nullable ServiceStatus status(String route) {
    return context.getRouteController().getRouteStatus(route);
  }

  /**
   * Routes that send to direct endpoints of the old routes are suspended so that the old routes
   * drain. Exchanges of routes that cannot be suspended wait at the endpoint until it has a
   * consumer again.
   */
  private List<Route> suspendFeeders(List<RouteDefinition> old) {
    List<Route> suspended = new ArrayList<>();
    for (String id : feeders(model.routes(), old)) {
      Route route = context.getRoute(id);
      ServiceStatus status = status(id);
      if (route != null
          && status != null
          && status.isStarted()
          && route.getConsumer() instanceof SuspendableService consumer
          && route.supportsSuspension()
          && !consumer.isSuspended()) {
        ServiceHelper.suspendService(consumer);
        suspended.add(route);
      }
    }
    return suspended;
  }

  private Set<String> feeders(List<RouteDefinition> all, List<RouteDefinition> old) {
    Map<String, Set<String>> callers = new HashMap<>();
    Map<String, String> inputs = new HashMap<>();
    for (RouteDefinition route : all) {
      inputs.put(route.getRouteId(), model.input(route));
      for (String target : model.targets(route)) {
        callers.computeIfAbsent(target, each -> new HashSet<>()).add(route.getRouteId());
      }
    }
    Set<String> own = old.stream().map(RouteDefinition::getRouteId).collect(Collectors.toSet());
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(own);
    while (!open.isEmpty()) {
      String input = inputs.getOrDefault(open.pop(), "");
      for (String caller : callers.getOrDefault(input, Set.of())) {
        if (!own.contains(caller) && found.add(caller)) {
          open.push(caller);
        }
      }
    }
    found.removeIf(id -> RouteModel.isInside(inputs.getOrDefault(id, "")));
    return found;
  }

  private void resume(List<Route> suspended) {
    for (Route route : suspended) {
      try {
        ServiceHelper.resumeService(route.getConsumer());
      } catch (RuntimeException e) {
        log.error(
            "route {} cannot be resumed: restart the route or this node", route.getRouteId(), e);
      }
    }
  }

  /** Routes that consume from outside come first. */
  private void stop(List<RouteDefinition> routes, Set<String> halted) throws StillBusy {
    List<RouteDefinition> order = new ArrayList<>(routes);
    order.sort(Comparator.comparing(route -> RouteModel.isInside(model.input(route))));
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    List<String> stopped = new ArrayList<>();
    for (RouteDefinition route : order) {
      String id = route.getRouteId();
      ServiceStatus status = status(id);
      if (status == null || status.isStopped()) {
        continue;
      }
      long left = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(deadline - System.nanoTime()));
      try {
        if (context.getRouteController().stopRoute(id, left, TimeUnit.SECONDS, true)) {
          stopped.add(id);
          continue;
        }
      } catch (Exception e) {
        log.warn("route {} could not be stopped: {}", id, e.toString());
      }
      startAgain(stopped, halted);
      throw new StillBusy(id);
    }
  }

  private void startAgain(List<String> stopped, Set<String> halted) {
    Collections.reverse(stopped);
    for (String id : stopped) {
      if (!halted.contains(id)) {
        try {
          context.getRouteController().startRoute(id);
        } catch (Exception e) {
          log.error("route {} does not start again", id, e);
        }
      }
    }
  }

  private void remove(Set<String> locations, Set<String> configurations) throws Exception {
    for (RouteDefinition route : routesOf(locations)) {
      model.model().removeRouteDefinition(route);
    }
    for (RouteConfigurationDefinition each : model.configurations()) {
      if (configurations.contains(each.getId())) {
        model.model().removeRouteConfiguration(each);
      }
    }
  }

  /** Builds all routes before the first one starts; inner routes start first. */
  private void load(Collection<RouteFile> files, Set<String> halted) throws Exception {
    Deferred deferred = new Deferred();
    List<RoutesBuilder> builders = new ArrayList<>();
    for (RouteFile file : files) {
      builders.addAll(
          PluginHelper.getRoutesLoader(context)
              .findRoutesBuilders(
                  ResourceHelper.fromString("file:" + file.location(), file.text())));
    }
    for (RoutesBuilder builder : builders) {
      if (builder instanceof RouteBuilder routes) {
        routes.addLifecycleInterceptor(deferred);
      }
      if (builder instanceof RouteConfigurationsBuilder configurations) {
        configurations.addRouteConfigurationsToCamelContext(context);
      }
    }
    for (RoutesBuilder builder : builders) {
      context.addRoutes(builder);
    }
    List<RouteDefinition> order = new ArrayList<>(deferred.routes);
    order.sort(
        Comparator.comparing((RouteDefinition route) -> !RouteModel.isInside(model.input(route))));
    for (RouteDefinition route : order) {
      if (deferred.autoStartup(context, route) && !halted.contains(route.getRouteId())) {
        start(route.getRouteId());
      }
    }
  }

  private void start(String route) {
    try {
      context.getRouteController().startRoute(route);
    } catch (Exception e) {
      throw new FailedToStartRouteException(route, e.getMessage(), e);
    }
  }

  private @Nullable Exception rollBack(
      Set<String> locations,
      Set<String> configurations,
      Collection<RouteFile> before,
      Set<String> halted) {
    try {
      for (RouteDefinition route : routesOf(locations)) {
        ServiceStatus status = status(route.getRouteId());
        if (status != null && !status.isStopped()) {
          context.getRouteController().stopRoute(route.getRouteId());
        }
      }
      remove(locations, configurations);
      load(before, halted);
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  /** Prevents routes from starting until all are built. */
  private static final class Deferred implements RouteBuilderLifecycleStrategy {
    private final Map<RouteDefinition, String> settings = new HashMap<>();
    private final List<RouteDefinition> routes = new ArrayList<>();

    @Override
    public void afterConfigure(RouteBuilder builder) {
      for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
        if (!routes.contains(route)) {
          routes.add(route);
          if (route.getAutoStartup() != null) {
            settings.put(route, route.getAutoStartup());
          }
          route.setAutoStartup("false");
        }
      }
    }

    boolean autoStartup(CamelContext context, RouteDefinition route) {
      String stated = settings.get(route);
      boolean starts =
          stated == null || Boolean.parseBoolean(context.resolvePropertyPlaceholders(stated));
      route.setAutoStartup(stated);
      Route built = context.getRoute(route.getRouteId());
      if (built != null) {
        built.setAutoStartup(starts);
      }
      return starts;
    }
  }
}
