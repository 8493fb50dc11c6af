package org.byoemail.console;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.routes.RouteAction;
import org.byoemail.platform.routes.RouteActivity;
import org.byoemail.platform.routes.RouteCommand;
import org.byoemail.platform.routes.RouteCommands;
import org.byoemail.platform.routes.RouteFailure;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RouteStates;
import org.byoemail.platform.routes.RouteStates.OnNode;
import org.byoemail.platform.routes.RouteStates.RouteState;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.byoemail.platform.routes.RunningRoutes;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of routes: what they do on each node, their diagrams and YAML, and their files. */
@Controller
@RequestMapping("/console/routes")
class RoutesPageController {
  private static final String ROUTE = "route";
  private static final int MAX_FAILURES = 10;

  private final RouteVersions versions;
  private final RouteStates states;
  private final RouteCommands commands;
  private final RunningRoutes running;

  RoutesPageController(
      RouteVersions versions, RouteStates states, RouteCommands commands, RunningRoutes running) {
    this.versions = versions;
    this.states = states;
    this.commands = commands;
    this.running = running;
  }

  /** A file on a node. */
  record Line(
      String file,
      String node,
      String version,
      Badge state,
      @Nullable String problem,
      DisplayTime since) {

    static Line of(RouteVersion running, List<String> drift) {
      return new Line(
          running.file(),
          running.node(),
          running.version() == null ? "–" : running.version(),
          state(running, drift),
          running.problem() == null ? null : running.problem().toString(),
          DisplayTime.of(running.since()));
    }

    private static Badge state(RouteVersion running, List<String> drift) {
      if (running.version() == null) {
        return Badge.bad("does not run");
      }
      if (running.problem() != null) {
        return Badge.bad("broken");
      }
      return drift.contains(running.file()) ? Badge.waiting("differs") : Badge.good("runs");
    }
  }

  /** A route over all nodes. */
  record Row(
      String id,
      String description,
      Badge state,
      long total,
      long failed,
      long inFlight,
      long meanMillis,
      @Nullable DisplayTime lastAt) {

    static Row of(RouteState state) {
      List<RouteActivity> on = state.nodes().stream().map(OnNode::activity).toList();
      long total = on.stream().mapToLong(RouteActivity::total).sum();
      long millis = on.stream().mapToLong(each -> each.meanMillis() * each.total()).sum();
      return new Row(
          state.id(),
          state.description(),
          state(on),
          total,
          on.stream().mapToLong(RouteActivity::failed).sum(),
          on.stream().mapToLong(RouteActivity::inFlight).sum(),
          total == 0 ? 0 : millis / total,
          DisplayTime.ofNullable(
              on.stream()
                  .map(RouteActivity::lastAt)
                  .filter(Objects::nonNull)
                  .max(Instant::compareTo)
                  .orElse(null)));
    }

    private static Badge state(List<RouteActivity> on) {
      long started = on.stream().filter(RouteActivity::runs).count();
      if (started == on.size()) {
        return Badge.good("started");
      }
      return started == 0
          ? stateBadge(on.get(0).state())
          : Badge.waiting("started on " + started + " of " + on.size());
    }
  }

  private static Badge stateBadge(String state) {
    return switch (state) {
      case "started" -> Badge.good(state);
      case "stopped" -> Badge.bad(state);
      default -> Badge.waiting(state);
    };
  }

  /** Routes of one folder. */
  record Flow(String name, List<Row> rows) {}

  /**
   * A route on a node.
   *
   * @param asked what the node was asked to do and has not done, or could not do; null if nothing
   */
  record NodeRow(
      String node,
      RouteActivity activity,
      Badge state,
      @Nullable DisplayTime lastAt,
      @Nullable String asked) {

    static NodeRow of(OnNode on) {
      return new NodeRow(
          on.node(),
          on.activity(),
          stateBadge(on.activity().state()),
          DisplayTime.ofNullable(on.activity().lastAt()),
          asked(on.command()));
    }

    private static @Nullable String asked(@Nullable RouteCommand command) {
      if (command == null) {
        return null;
      }
      if (command.doneAt() == null) {
        return command.requestedBy() + " asked it to " + command.action().word();
      }
      return command.problem() == null
          ? null
          : "could not " + command.action().word() + ": " + command.problem();
    }
  }

  /** A failure on a node. */
  record FailureRow(DisplayTime at, String node, boolean handled, String place, String reason) {

    static FailureRow of(String node, RouteFailure failure) {
      return new FailureRow(
          DisplayTime.of(failure.at()),
          node,
          failure.handled(),
          failure.file() + (failure.line() > 0 ? ":" + failure.line() : ""),
          failure.reason());
    }
  }

  /** A line of the file. */
  record CodeLine(int number, String text, boolean failed) {}

  @GetMapping
  String list(Model model) {
    List<RouteVersion> files = versions.running();
    List<String> drift = RouteVersions.drift(files);
    Map<String, List<Row>> flows = new TreeMap<>();
    for (RouteState state : states.list()) {
      flows.computeIfAbsent(flow(state.file()), name -> new ArrayList<>()).add(Row.of(state));
    }
    model.addAttribute(
        "flows",
        flows.entrySet().stream().map(each -> new Flow(each.getKey(), each.getValue())).toList());
    model.addAttribute("lines", files.stream().map(each -> Line.of(each, drift)).toList());
    model.addAttribute("drift", drift);
    return "routes/list";
  }

  /** The folder of a file: {@code outbound} of {@code routes/outbound/send.camel.yaml}. */
  private static String flow(String file) {
    String[] parts = file.split("/");
    if (file.startsWith("own-routes/")) {
      return "your own";
    }
    return parts.length < 3 ? "other" : parts[1];
  }

  @GetMapping("/{id}")
  String show(@PathVariable String id, HttpServletRequest request, Model model) {
    RouteState state = find(id);
    RouteSource source = running.find(id).orElse(null);
    List<FailureRow> failures =
        state.nodes().stream()
            .flatMap(
                on -> on.activity().failures().stream().map(each -> FailureRow.of(on.node(), each)))
            .sorted(Comparator.comparing((FailureRow each) -> each.at().iso()).reversed())
            .limit(MAX_FAILURES)
            .toList();
    model.addAttribute(ROUTE, Row.of(state));
    model.addAttribute("file", state.file());
    model.addAttribute("nodes", state.nodes().stream().map(NodeRow::of).toList());
    model.addAttribute("failures", failures);
    model.addAttribute("line", source == null ? 0 : source.line());
    model.addAttribute(
        "diagram",
        source == null
            ? null
            : RouteDiagram.of(source, request.getContextPath() + "/console/routes"));
    model.addAttribute("code", source == null ? List.of() : code(source, state));
    return "routes/show";
  }

  private static List<CodeLine> code(RouteSource source, RouteState state) {
    List<Integer> failed =
        state.nodes().stream()
            .flatMap(on -> on.activity().failures().stream())
            .filter(failure -> failure.file().equals(source.file()))
            .map(RouteFailure::line)
            .toList();
    List<CodeLine> lines = new ArrayList<>();
    for (String text : source.yaml().lines().toList()) {
      int number = source.line() + lines.size();
      lines.add(new CodeLine(number, text, failed.contains(number)));
    }
    return lines;
  }

  /** Asks for confirmation of requests that stop work. */
  @GetMapping("/{id}/{action:stop|suspend}")
  String confirm(
      @PathVariable String id,
      @PathVariable String action,
      @RequestParam(required = false) @Nullable String node,
      Model model) {
    RouteState state = find(id);
    model.addAttribute(ROUTE, Row.of(state));
    model.addAttribute("action", action);
    model.addAttribute("node", node);
    model.addAttribute("nodes", state.nodes().size());
    model.addAttribute("inside", isInside(id));
    return "routes/confirm";
  }

  private boolean isInside(String id) {
    return running
        .find(id)
        .map(source -> source.from().words().matches("(direct|seda):.*"))
        .orElse(false);
  }

  @PostMapping("/{id}/{action:stop|start|suspend|resume}")
  String act(
      @PathVariable String id,
      @PathVariable String action,
      @RequestParam(required = false) @Nullable String node,
      Authentication who,
      RedirectAttributes flash) {
    String one = node == null || node.isBlank() ? null : node;
    RouteAction asked = RouteAction.of(action).orElseThrow(() -> new ResourceNotFound("action"));
    List<String> nodes = commands.request(id, one, asked, who.getName());
    if (nodes.isEmpty()) {
      flash.addFlashAttribute(
          "refused",
          one == null
              ? "No running node has the route " + id + "."
              : one + " does not run, or does not have the route " + id + ".");
      return "redirect:/console/routes";
    }
    flash.addFlashAttribute(
        "done",
        (nodes.size() == 1 ? nodes.get(0) + " was" : nodes.size() + " nodes were")
            + " asked to "
            + action
            + " "
            + id
            + ".");
    flash.addAttribute("id", id);
    return "redirect:/console/routes/{id}";
  }

  private RouteState find(String id) {
    return states.find(id).orElseThrow(() -> new ResourceNotFound(ROUTE));
  }
}
