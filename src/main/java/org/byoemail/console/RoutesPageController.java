package org.byoemail.console;

import java.util.List;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The page of route files: which version each node runs, and what is broken. */
@Controller
class RoutesPageController {
  private final RouteVersions versions;

  RoutesPageController(RouteVersions versions) {
    this.versions = versions;
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

  @GetMapping("/console/routes")
  String list(Model model) {
    List<RouteVersion> running = versions.running();
    List<String> drift = RouteVersions.drift(running);
    model.addAttribute("lines", running.stream().map(each -> Line.of(each, drift)).toList());
    model.addAttribute("drift", drift);
    return "routes";
  }
}
