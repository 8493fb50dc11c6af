package org.byoemail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RemoveHeadersDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** What every route of this program keeps to, and what Camel itself does not check at its start. */
final class RouteConventions {
  private static final int MAX_STEPS = 12;
  private static final int MAX_LINES = 120;
  private static final Set<String> INSIDE =
      Set.of("direct", "seda", "timer", "scheduler", "log", "bean", "controlbus");

  private static final Set<String> REPLYING = Set.of("jms", "spring-rabbitmq");

  /** Durations that stand in a route instead of in a setting; 0 is none. */
  private static final Pattern LITERAL_TIMING =
      Pattern.compile(
          "\\s*(period|\\w*[dD]elay|\\w*[tT]imeout|\\w*[iI]nterval): [\"']?[1-9]\\w*[\"']?\\s*(#.*)?");

  private static final Pattern SPLIT_DIRECT = Pattern.compile("\\s*uri: direct\\s*");

  private final List<String> violations = new ArrayList<>();

  private RouteConventions() {}

  /** The violations in those files, one line each; none where all is well. */
  static List<String> violations(Path... files) throws Exception {
    RouteConventions conventions = new RouteConventions();
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      for (Path file : files) {
        Resource resource = ResourceHelper.resolveResource(context, "file:" + file);
        PluginHelper.getRoutesLoader(context).loadRoutes(resource);
      }
      conventions.check(
          context.getRouteDefinitions(),
          context.getRouteConfigurationDefinitions(),
          List.of(files));
    }
    return conventions.violations;
  }

  private void check(
      List<RouteDefinition> routes,
      List<RouteConfigurationDefinition> configurations,
      List<Path> files)
      throws Exception {
    Set<String> configurationIds =
        configurations.stream()
            .map(OptionalIdentifiedDefinition::getId)
            .collect(Collectors.toSet());
    Set<String> consumed =
        routes.stream().map(r -> path(r.getInput().getEndpointUri())).collect(Collectors.toSet());
    for (Path file : files) {
      List<String> lines = java.nio.file.Files.readAllLines(file);
      refuse(lines.size() > MAX_LINES, file.toString(), "has more than " + MAX_LINES + " lines");
      for (String line : lines) {
        refuse(
            LITERAL_TIMING.matcher(line).matches(),
            file.toString(),
            "has a literal timing (" + line.strip() + "): make it a {{byo...}} setting");
        refuse(
            SPLIT_DIRECT.matcher(line).matches(),
            file.toString(),
            "names a direct endpoint by a parameter: write direct:<route id>");
      }
    }
    Set<String> ids = new HashSet<>();
    configurations.forEach(this::noReplies);
    for (RouteDefinition route : routes) {
      refuse(!ids.add(route.getRouteId()), route.getRouteId(), "stands twice");
      identity(route);
      errorHandling(route, configurationIds);
      entry(route);
      steps(route, consumed);
    }
  }

  private void identity(RouteDefinition route) {
    String id = route.getRouteId();
    Path file = Path.of(route.getResource().getLocation().replaceFirst("^file:", ""));
    String verb = file.getFileName().toString().replace(".camel.yaml", "");
    String flow = file.getParent().getFileName().toString();
    refuse(
        !id.equals(flow + "-" + verb) && !id.startsWith(flow + "-" + verb + "-"),
        id,
        "stands in " + flow + "/" + verb + ".camel.yaml: its id is " + flow + "-" + verb);
    String description = route.getDescriptionText();
    refuse(description == null || description.isBlank(), id, "has no description");
    FromDefinition from = route.getInput();
    if (scheme(from.getEndpointUri()).equals("direct")) {
      refuse(
          !path(from.getEndpointUri()).equals("direct:" + id),
          id,
          "is not named as its direct endpoint");
    }
  }

  private void errorHandling(RouteDefinition route, Set<String> known) {
    String configuration = route.getRouteConfigurationId();
    refuse(
        configuration == null || !known.contains(configuration),
        route.getRouteId(),
        "names no known routeConfigurationId but '" + configuration + "'");
  }

  private void entry(RouteDefinition route) {
    noReply(route.getRouteId(), route.getInput().getEndpointUri());
    if (INSIDE.contains(scheme(route.getInput().getEndpointUri()))) {
      return;
    }
    boolean drops =
        !route.getOutputs().isEmpty()
            && route.getOutputs().get(0) instanceof RemoveHeadersDefinition remove
            && "*".equals(remove.getPattern());
    refuse(
        !drops, route.getRouteId(), "does not drop every header of the outside in its first step");
  }

  private void steps(RouteDefinition route, Set<String> consumed) {
    List<ProcessorDefinition<?>> steps = new ArrayList<>();
    collect(route.getOutputs(), steps);
    refuse(steps.size() > MAX_STEPS, route.getRouteId(), "has more than " + MAX_STEPS + " steps");
    for (ProcessorDefinition<?> step : steps) {
      String uri = target(step);
      if (uri == null) {
        continue;
      }
      noReply(route.getRouteId(), uri);
      String scheme = scheme(uri);
      if (scheme.equals("direct") || scheme.equals("seda")) {
        refuse(
            !consumed.contains(path(uri)),
            route.getRouteId(),
            "goes to " + path(uri) + ", which nobody consumes");
      } else if (!INSIDE.contains(scheme)) {
        refuse(
            !step.hasCustomIdAssigned(),
            route.getRouteId(),
            "leaves the process by " + scheme + " without a step id");
      }
    }
  }

  /** Error handling leaves the process too. */
  private void noReplies(RouteConfigurationDefinition configuration) {
    List<ProcessorDefinition<?>> steps = new ArrayList<>();
    for (List<? extends ProcessorDefinition<?>> handlers :
        List.of(
            configuration.getOnExceptions(),
            configuration.getOnCompletions(),
            configuration.getIntercepts(),
            configuration.getInterceptFroms(),
            configuration.getInterceptSendTos())) {
      for (ProcessorDefinition<?> handler : handlers) {
        collect(handler.getOutputs(), steps);
      }
    }
    for (ProcessorDefinition<?> step : steps) {
      String uri = target(step);
      if (uri != null) {
        noReply(configuration.getId(), uri);
      }
    }
  }

  /** Camel answers to whatever address a message names, unless it is told not to. */
  private void noReply(String where, String uri) {
    refuse(
        REPLYING.contains(scheme(uri)) && !uri.matches(".*[?&]disableReplyTo=true(&.*)?"),
        where,
        "does not disable replies (disableReplyTo) at " + path(uri));
  }

  private static void collect(
      List<ProcessorDefinition<?>> outputs, List<ProcessorDefinition<?>> into) {
    for (ProcessorDefinition<?> output : outputs) {
      into.add(output);
      collect(output.getOutputs(), into);
    }
  }

  private static String target(ProcessorDefinition<?> step) {
    if (step instanceof ToDynamicDefinition dynamic) {
      return dynamic.getUri();
    }
    return step instanceof EndpointRequiredDefinition to ? to.getEndpointUri() : null;
  }

  private static String scheme(String uri) {
    return uri.substring(0, Math.max(0, uri.indexOf(':')));
  }

  private static String path(String uri) {
    return uri.replaceFirst("\\?.*", "").replace("://", ":");
  }

  private void refuse(boolean wrong, String where, String why) {
    if (wrong) {
      violations.add(where + " " + why);
    }
  }
}
