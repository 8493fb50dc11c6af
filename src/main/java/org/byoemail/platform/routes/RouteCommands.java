package org.byoemail.platform.routes;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Requests of people to the nodes about their routes. A request is one row per node, which acts on
 * it within a few seconds; it lasts until the node ends or somebody requests something else. Safe
 * for use by many threads.
 */
@Component
public class RouteCommands {
  private static final int MAX_PROBLEM = 500;
  private static final int MAX_OPEN = 200;

  private final JdbcClient jdbc;
  private final AuditLog audit;

  RouteCommands(JdbcClient jdbc, AuditLog audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /**
   * Sends a request to nodes, and records it in the audit log.
   *
   * @param node id or name of the node; null: all that have the route
   * @return the ids of the nodes that were asked; empty if no running node of that name has the
   *     route
   */
  @Transactional
  public List<String> request(
      String route, @Nullable String node, RouteAction action, String requestedBy) {
    jdbc.sql(
            "DELETE FROM route_command WHERE requested_at < statement_timestamp() - interval '7 days'")
        .update();
    List<String> nodes =
        jdbc.sql(
                """
                SELECT a.node FROM route_activity a LEFT JOIN gateway_node g ON g.id = a.node
                WHERE (a.reported_at > statement_timestamp() - interval '20 s'
                    OR g.seen_at > statement_timestamp() - interval '30 s')
                  AND g.ended_at IS NULL
                  AND (:node::text IS NULL OR :node IN (a.node, g.name))
                  AND EXISTS (SELECT FROM jsonb_array_elements(a.routes) each WHERE each ->> 'route' = :route)
                ORDER BY a.node
                """)
            .param("node", node)
            .param("route", route)
            .query(String.class)
            .list();
    for (String each : nodes) {
      jdbc.sql(
              """
              INSERT INTO route_command (id, node, route, action, requested_by, requested_at)
              VALUES (:id, :node, :route, :action, :by, statement_timestamp())
              """)
          .param("id", Ids.next())
          .param("node", each)
          .param("route", route)
          .param("action", action.word())
          .param("by", requestedBy)
          .update();
    }
    if (!nodes.isEmpty()) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("route", route);
      details.put("nodes", nodes);
      audit.record("route." + action.done(), null, null, details);
    }
    return nodes;
  }

  /** What a node still has to do, in the order of the requests. */
  public List<RouteCommand> open(String node) {
    return jdbc.sql(
            """
            SELECT * FROM route_command WHERE node = :node AND done_at IS NULL
            ORDER BY requested_at, id LIMIT :limit
            """)
        .param("node", node)
        .param("limit", MAX_OPEN)
        .query(RouteCommands::read)
        .list();
  }

  /**
   * Records the result.
   *
   * @param problem why it could not be done; null if it was
   */
  public void done(UUID id, @Nullable String problem) {
    String cut =
        problem == null || problem.length() <= MAX_PROBLEM
            ? problem
            : problem.substring(0, MAX_PROBLEM) + "…";
    jdbc.sql(
            "UPDATE route_command SET done_at = statement_timestamp(), problem = :problem WHERE id = :id")
        .param("problem", cut == null ? null : cut.replace('\0', ' '))
        .param("id", id)
        .update();
  }

  /** The last request for each route and node that runs, of the last day. */
  public List<RouteCommand> latest() {
    return jdbc.sql(
            """
            SELECT DISTINCT ON (c.route, c.node) c.* FROM route_command c
              JOIN route_activity a ON a.node = c.node
            WHERE c.requested_at > statement_timestamp() - interval '1 day'
            ORDER BY c.route, c.node, c.requested_at DESC, c.id DESC
            """)
        .query(RouteCommands::read)
        .list();
  }

  private static RouteCommand read(ResultSet row, int number) throws SQLException {
    return new RouteCommand(
        row.getObject("id", UUID.class),
        row.getString("node"),
        row.getString("route"),
        RouteAction.of(row.getString("action")).orElseThrow(),
        row.getString("requested_by"),
        row.getTimestamp("requested_at").toInstant(),
        SqlTimestamps.read(row, "done_at"),
        row.getString("problem"));
  }
}
