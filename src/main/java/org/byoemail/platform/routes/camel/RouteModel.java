package org.byoemail.platform.routes.camel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.Resource;
import org.byoemail.platform.routes.RouteProblem;
import org.jspecify.annotations.Nullable;

/** The route definitions of a Camel context, and checks that need no route to be built. */
final class RouteModel {
  private final CamelContext context;
  private final Model model;

  RouteModel(CamelContext context) {
    this.context = context;
    this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
  }

  /** A copy, which stays the same while routes are added and removed. */
  List<RouteDefinition> routes() {
    return List.copyOf(model.getRouteDefinitions());
  }

  List<RouteConfigurationDefinition> configurations() {
    return List.copyOf(model.getRouteConfigurationDefinitions());
  }

  /** The paths of the files that definitions come from. */
  Set<String> locations() {
    Set<String> locations = new HashSet<>();
    routes().forEach(route -> locations.add(String.valueOf(locationOf(route.getResource()))));
    locations.remove("null");
    return locations;
  }

  Model model() {
    return model;
  }

  /** The path of the file that a definition comes from; null if none. */
  static @Nullable String locationOf(@Nullable Resource resource) {
    if (resource == null || !resource.getLocation().startsWith("file:")) {
      return null;
    }
    return Path.of(resource.getLocation().substring("file:".length()))
        .toAbsolutePath()
        .normalize()
        .toString();
  }

  /** The direct and seda endpoints to which the route sends. */
  Set<String> targets(RouteDefinition route) {
    Set<String> targets = new HashSet<>();
    collect(route.getOutputs(), targets);
    return targets;
  }

  /** The endpoint that the route consumes, without options. */
  String input(RouteDefinition route) {
    return path(resolved(route.getInput().getEndpointUri()));
  }

  static boolean isInside(String endpoint) {
    return endpoint.startsWith("direct:") || endpoint.startsWith("seda:");
  }

  /**
   * Finds problems that Camel does not reject, or only when a message arrives: duplicate ids,
   * unknown configurations, direct endpoints without a consumer.
   *
   * @param files by their locations
   */
  List<RouteProblem> problems(Map<String, RouteFile> files) {
    List<RouteProblem> problems = new ArrayList<>(RouteFile.idProblems(files.values()));
    if (!problems.isEmpty()) {
      // Of two definitions with the same id, Camel has kept the last.
      return problems;
    }
    Set<String> known = new HashSet<>();
    configurations().forEach(each -> known.add(String.valueOf(each.getId())));
    Map<String, String> inputs = new HashMap<>();
    for (RouteDefinition route : routes()) {
      String input = input(route);
      String consumer = inputs.putIfAbsent(input, route.getRouteId());
      if (consumer != null && input.startsWith("direct:")) {
        problems.add(
            problem(files, route, input, input + " has another consumer: route " + consumer));
      }
    }
    for (RouteDefinition route : routes()) {
      for (String id : configurationsOf(route)) {
        if (!known.contains(id)) {
          problems.add(problem(files, route, id, "there is no routeConfiguration " + id));
        }
      }
      for (String target : targets(route)) {
        if (target.startsWith("direct:") && !inputs.containsKey(target)) {
          problems.add(problem(files, route, target, "no route consumes " + target));
        }
      }
    }
    for (RouteConfigurationDefinition each : configurations()) {
      for (String target : targets(each)) {
        if (target.startsWith("direct:") && !inputs.containsKey(target)) {
          problems.add(
              files.values().stream()
                  .filter(file -> file.configurations().containsKey(each.getId()))
                  .findFirst()
                  .map(file -> problem(file, each.getId(), target, "no route consumes " + target))
                  .orElseGet(() -> new RouteProblem("", 0, null, "no route consumes " + target)));
        }
      }
    }
    return problems;
  }

  private static List<String> configurationsOf(RouteDefinition route) {
    String id = route.getRouteConfigurationId();
    if (id == null || id.contains("*")) {
      return List.of();
    }
    return List.of(id.split("\\s*,\\s*"));
  }

  private Set<String> targets(RouteConfigurationDefinition configuration) {
    Set<String> targets = new HashSet<>();
    collect(configuration.getOnExceptions(), targets);
    collect(configuration.getOnCompletions(), targets);
    collect(configuration.getIntercepts(), targets);
    collect(configuration.getInterceptFroms(), targets);
    collect(configuration.getInterceptSendTos(), targets);
    return targets;
  }

  private void collect(Collection<? extends ProcessorDefinition<?>> outputs, Set<String> targets) {
    for (ProcessorDefinition<?> output : outputs) {
      String uri = null;
      if (output instanceof ToDynamicDefinition dynamic) {
        uri = dynamic.getUri();
      } else if (output instanceof EndpointRequiredDefinition to) {
        uri = to.getEndpointUri();
      }
      if (uri != null && !uri.contains("${") && !uri.contains("failIfNoConsumers=false")) {
        String target = path(resolved(uri));
        if (isInside(target) && !target.contains("{{")) {
          targets.add(target);
        }
      }
      collect(output.getOutputs(), targets);
    }
  }

  private String resolved(String uri) {
    try {
      return context.resolvePropertyPlaceholders(uri);
    } catch (RuntimeException e) {
      // Building the route will name the unknown placeholder.
      return uri;
    }
  }

  private static String path(String uri) {
    return uri.replaceFirst("\\?.*", "").replace("://", ":");
  }

  private static RouteProblem problem(
      Map<String, RouteFile> files, RouteDefinition route, String word, String reason) {
    String location = locationOf(route.getResource());
    RouteFile file = location == null ? null : files.get(location);
    return file == null
        ? new RouteProblem("", 0, route.getRouteId(), reason)
        : problem(file, route.getRouteId(), word, reason);
  }

  private static RouteProblem problem(RouteFile file, String id, String word, String reason) {
    return new RouteProblem(file.name(), file.lineOf(id, List.of(word)), id, reason);
  }
}
