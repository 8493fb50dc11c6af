package org.byoemail.platform.routes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The routes of all nodes: what each does, and what it was asked to do. Thread-safe. */
@Component
public class RouteStates {
  private final RouteActivities activities;
  private final RouteCommands commands;

  RouteStates(RouteActivities activities, RouteCommands commands) {
    this.activities = activities;
    this.commands = commands;
  }

  /**
   * A route on a node.
   *
   * @param command the last request of the last day; null if there was none
   */
  public record OnNode(String node, RouteActivity activity, @Nullable RouteCommand command) {}

  /**
   * A route.
   *
   * @param nodes the nodes that have it
   */
  public record RouteState(String id, String description, String file, List<OnNode> nodes) {}

  /** By id. */
  public List<RouteState> list() {
    Map<String, RouteCommand> requested = new HashMap<>();
    commands.latest().forEach(each -> requested.put(each.route() + " " + each.node(), each));
    Map<String, RouteState> states = new TreeMap<>();
    for (RouteActivities.OfNode node : activities.list()) {
      for (RouteActivity each : node.routes()) {
        states
            .computeIfAbsent(
                each.route(),
                id -> new RouteState(id, each.description(), each.file(), new ArrayList<>()))
            .nodes()
            .add(new OnNode(node.node(), each, requested.get(each.route() + " " + node.node())));
      }
    }
    return List.copyOf(states.values());
  }

  public Optional<RouteState> find(String id) {
    return list().stream().filter(each -> each.id().equals(id)).findFirst();
  }
}
