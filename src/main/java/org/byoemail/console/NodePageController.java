package org.byoemail.console;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.inbound.mailbox.LeasedMailboxes;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.cluster.GatewayNode;
import org.byoemail.platform.cluster.GatewayNodes;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** The pages of nodes: which nodes run, the release of each, and its mailboxes and routes. */
@Controller
class NodePageController {
  private static final int PAGE_SIZE = 50;

  private final GatewayNodes nodes;
  private final RouteVersions routes;
  private final LeasedMailboxes mailboxes;

  NodePageController(GatewayNodes nodes, RouteVersions routes, LeasedMailboxes mailboxes) {
    this.nodes = nodes;
    this.routes = routes;
    this.mailboxes = mailboxes;
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
      String version,
      @Nullable String java,
      int release,
      DisplayTime startedAt,
      DisplayTime seenAt,
      @Nullable DisplayTime endedAt,
      int mailboxes,
      int files,
      long broken) {

    static Line of(GatewayNode node, List<RouteVersion> files) {
      return new Line(
          node.id(),
          node.name(),
          state(node),
          node.version() == null ? "–" : node.version(),
          node.java(),
          node.migration(),
          DisplayTime.of(node.startedAt()),
          DisplayTime.of(node.seenAt()),
          DisplayTime.ofNullable(node.endedAt()),
          node.mailboxes(),
          files.size(),
          files.stream().filter(file -> file.problem() != null || file.version() == null).count());
    }

    private static Badge state(GatewayNode node) {
      if (node.running()) {
        return Badge.good("running");
      }
      return node.endedAt() == null ? Badge.bad("away") : Badge.off("stopped");
    }
  }

  /** A mailbox that the node holds. */
  record Lease(
      UUID id,
      @Nullable UUID account,
      String address,
      String folder,
      String host,
      long fence,
      @Nullable DisplayTime since) {

    static Lease of(LeasedMailboxes.Held held) {
      return new Lease(
          held.id(),
          held.account(),
          held.address() == null ? "–" : held.address(),
          held.folder(),
          held.host(),
          held.fence(),
          DisplayTime.ofNullable(held.since()));
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
    return "nodes/list";
  }

  @GetMapping("/console/nodes/{id}")
  String show(
      @PathVariable String id, @RequestParam(required = false) @Nullable UUID after, Model model) {
    GatewayNode node = nodes.find(id).orElseThrow(() -> new ResourceNotFound("node"));
    List<RouteVersion> running = routes.running();
    List<String> drift = RouteVersions.drift(running);
    List<RouteVersion> files =
        running.stream().filter(each -> each.node().equals(node.id())).toList();
    Page<Lease> page =
        Page.of(
            mailboxes.of(node.id(), after, PAGE_SIZE + 1),
            PAGE_SIZE,
            LeasedMailboxes.Held::id,
            Lease::of);
    model.addAttribute("node", Line.of(node, files));
    model.addAttribute("leases", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute(
        "files", files.stream().map(each -> RoutesPageController.Line.of(each, drift)).toList());
    return "nodes/show";
  }
}
