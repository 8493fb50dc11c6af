package org.byoemail.platform.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.byoemail.platform.cluster.NodeIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the routes of the nodes do. Each node reports every few seconds; only nodes that reported
 * recently count. Safe for use by many threads.
 */
@Component
public class RouteActivities implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(RouteActivities.class);
  private static final TypeReference<List<RouteActivity>> ROUTES = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final String node;

  RouteActivities(JdbcClient jdbc, ObjectMapper json, NodeIdentity self) {
    this.jdbc = jdbc;
    this.json = json;
    this.node = self.id();
  }

  /** The routes of a node. */
  public record OfNode(String node, List<RouteActivity> routes) {}

  /** Writes what this node's routes do. */
  public void report(List<RouteActivity> routes) {
    String written;
    try {
      written = json.writeValueAsString(routes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the activity of routes cannot be written as JSON", e);
    }
    jdbc.sql(
            """
            WITH gone AS (DELETE FROM route_activity
              WHERE reported_at < statement_timestamp() - interval '1 day' AND node <> :node)
            INSERT INTO route_activity (node, routes, reported_at)
            VALUES (:node, :routes::jsonb, statement_timestamp())
            ON CONFLICT (node) DO UPDATE SET routes = excluded.routes, reported_at = excluded.reported_at
            """)
        .param("node", node)
        .param("routes", written)
        .update();
  }

  /** By node. */
  public List<OfNode> list() {
    return jdbc.sql(
            """
            SELECT node, routes FROM route_activity
            WHERE reported_at > statement_timestamp() - interval '20 s' ORDER BY node
            """)
        .query((row, number) -> new OfNode(row.getString("node"), read(row.getString("routes"))))
        .list();
  }

  private List<RouteActivity> read(String routes) {
    try {
      return json.readValue(routes, ROUTES);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the activity of routes cannot be read", e);
    }
  }

  @Override
  public void destroy() {
    try {
      jdbc.sql("DELETE FROM route_activity WHERE node = :node").param("node", node).update();
    } catch (DataAccessException e) {
      // It disappears 20 s after its last report anyway.
      log.debug("the activity of this node's routes could not be deleted", e);
    }
  }
}
