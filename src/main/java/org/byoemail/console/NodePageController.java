package org.byoemail.console;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.platform.cluster.GatewayNode;
import org.byoemail.platform.cluster.GatewayNodes;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The page of nodes: which run, what release each is, and which mailboxes and routes it has. */
@Controller
class NodePageController {
  private final GatewayNodes nodes;
  private final RouteVersions routes;

  NodePageController(GatewayNodes nodes, RouteVersions routes) {
    this.nodes = nodes;
    this.routes = routes;
  }

  /**
   * A node.
   *
   * @param broken route files that do not run in their present version
   */
  record Line(
      String id,
      String name,
      Badge state,
      int release,
      DisplayTime startedAt,
      DisplayTime seenAt,
      int mailboxes,
      int files,
      long broken) {

    static Line of(GatewayNode node, List<RouteVersion> files) {
      return new Line(
          node.id(),
          node.name(),
          node.running() ? Badge.good("running") : Badge.off("ended"),
          node.migration(),
          DisplayTime.of(node.startedAt()),
          DisplayTime.of(node.seenAt()),
          node.mailboxes(),
          files.size(),
          files.stream().filter(file -> file.problem() != null || file.version() == null).count());
    }
  }

  @GetMapping("/console/nodes")
  String list(Model model) {
    List<RouteVersion> running = routes.running();
    Map<String, List<RouteVersion>> files =
        running.stream().collect(Collectors.groupingBy(RouteVersion::node));
    List<GatewayNode> found = nodes.list();
    model.addAttribute(
        "lines",
        found.stream()
            .map(node -> Line.of(node, files.getOrDefault(node.id(), List.of())))
            .toList());
    model.addAttribute("drift", RouteVersions.drift(running));
    model.addAttribute(
        "releases",
        found.stream().filter(GatewayNode::running).map(GatewayNode::migration).distinct().count());
    return "nodes";
  }
}
