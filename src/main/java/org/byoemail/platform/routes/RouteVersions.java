package org.byoemail.platform.routes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.health.CachedQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The versions of route files that the nodes run. Each node writes its own; only live nodes count.
 * Safe for use by many threads.
 */
@Component
public class RouteVersions implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(RouteVersions.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final String node;
  // The gauge itself holds it weakly.
  private final CachedQuery<List<String>> drift;
  private @Nullable Long published;
  private boolean failing;

  RouteVersions(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      NodeIdentity self,
      Clock clock,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.node = self.id();
    this.drift = new CachedQuery<>(() -> drift(running()), List.of(), FRESH, clock);
    Gauge.builder("byo.routes.drift", drift, query -> query.get().size())
        .description("route files of which the nodes run different versions")
        .register(meters);
  }

  /** Writes this node's versions if they have changed; a failure is retried at the next call. */
  public synchronized void publish(LoadedRouteFiles.Snapshot files) {
    if (Long.valueOf(files.changes()).equals(published)) {
      return;
    }
    try {
      transactions.executeWithoutResult(status -> write(files));
      published = files.changes();
      failing = false;
    } catch (DataAccessException | org.springframework.transaction.TransactionException e) {
      if (!failing) {
        failing = true;
        log.warn("the versions of route files cannot be written yet: {}", e.getMessage());
      }
    }
  }

  private void write(LoadedRouteFiles.Snapshot files) {
    Set<String> names = new TreeSet<>(files.versions().keySet());
    names.addAll(files.problems().keySet());
    jdbc.sql(
            """
            DELETE FROM route_file f WHERE node = :node OR published_at < statement_timestamp() - interval '1 day'
              AND NOT EXISTS (SELECT FROM sending_node s WHERE s.name = f.node)
            """)
        .param("node", node)
        .update();
    for (String file : names) {
      RouteProblem problem = files.problems().get(file);
      jdbc.sql(
              """
              INSERT INTO route_file (node, file, version, problem_line, problem_route, problem, published_at)
              VALUES (:node, :file, :version, :line, :route, :problem, statement_timestamp())
              """)
          .param("node", node)
          .param("file", file)
          .param("version", files.versions().get(file))
          .param("line", problem == null ? null : problem.line())
          .param("route", problem == null ? null : problem.route())
          .param("problem", problem == null ? null : problem.reason())
          .update();
    }
  }

  /** The versions, by file and node. */
  public List<RouteVersion> running() {
    return jdbc.sql(
            """
            SELECT f.node, f.file, f.version, f.problem_line, f.problem_route, f.problem, f.published_at
            FROM route_file f
            WHERE f.node = :node OR EXISTS (SELECT FROM sending_node s
              WHERE s.name = f.node AND s.seen_at > statement_timestamp() - interval '20 s')
            ORDER BY f.file, f.node
            """)
        .param("node", node)
        .query(
            (row, number) -> {
              String reason = row.getString("problem");
              return new RouteVersion(
                  row.getString("node"),
                  row.getString("file"),
                  row.getString("version"),
                  reason == null
                      ? null
                      : new RouteProblem(
                          row.getString("file"),
                          row.getInt("problem_line"),
                          row.getString("problem_route"),
                          reason),
                  row.getTimestamp("published_at").toInstant());
            })
        .list();
  }

  /** The files with drift, as of a few seconds ago. */
  public List<String> drift() {
    return drift.get();
  }

  /** The files of which nodes run different versions, or that some nodes do not run. */
  public static List<String> drift(List<RouteVersion> running) {
    Set<String> nodes = new HashSet<>();
    Map<String, Map<String, String>> files = new TreeMap<>();
    for (RouteVersion each : running) {
      nodes.add(each.node());
      if (each.version() != null) {
        files
            .computeIfAbsent(each.file(), file -> new TreeMap<>())
            .put(each.node(), each.version());
      }
    }
    return files.entrySet().stream()
        .filter(
            file ->
                file.getValue().size() < nodes.size()
                    || new HashSet<>(file.getValue().values()).size() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public void destroy() {
    try {
      jdbc.sql("DELETE FROM route_file WHERE node = :node").param("node", node).update();
    } catch (DataAccessException e) {
      log.debug("the versions of this node's route files could not be deleted", e);
    }
  }
}
