package org.byoemail.platform.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.SqlTimestamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The running nodes and their releases, as recorded in PostgreSQL: a feature that older nodes do
 * not support waits until none of them runs. A release is identified by the last migration that it
 * contains. Safe for use by many threads.
 */
@Component("gatewayNodes")
public class GatewayNodes implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(GatewayNodes.class);
  private static final long HEARTBEAT_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int MAX_LISTED = 200;
  private static final Pattern MIGRATION = Pattern.compile("V(\\d+)__.*\\.sql");

  private static final String SELECT =
      """
      SELECT g.id, g.name, g.version, g.java, g.migration, g.started_at, g.seen_at, g.ended_at,
        g.ended_at IS NULL AND g.seen_at > statement_timestamp() - interval '30 s' AS running,
        (SELECT count(*) FROM mailbox m WHERE m.held_by = g.id)::int AS mailboxes
      FROM gateway_node g
      """;

  private final JdbcClient jdbc;
  private final LongSupplier nanos;
  private final NodeIdentity self;
  private final int migration;
  private volatile int oldest;
  private volatile int others;
  private long beatAt;

  @Autowired
  GatewayNodes(JdbcClient jdbc, NodeIdentity self) {
    this(jdbc, self, System::nanoTime);
  }

  GatewayNodes(JdbcClient jdbc, NodeIdentity self, LongSupplier nanos) {
    this.jdbc = jdbc;
    this.nanos = nanos;
    this.self = self;
    this.migration = lastMigration();
    this.beatAt = nanos.getAsLong() - HEARTBEAT_NANOS;
  }

  /**
   * Whether every running node contains the migration. False until the first heartbeat; a node that
   * has just started is noticed within 5 s.
   */
  public boolean allKnow(int number) {
    return oldest >= number;
  }

  /** Whether no other node runs; one that has just started is noticed within 5 s. */
  public boolean isAlone() {
    return oldest > 0 && others == 0;
  }

  /**
   * Writes the heartbeat of this node and reads the others, at most every 5 s. A node counts as
   * running for 30 s after its last heartbeat. Call it outside of transactions, or the row stays
   * locked.
   */
  public synchronized void beat() {
    long now = nanos.getAsLong();
    if (now - beatAt < HEARTBEAT_NANOS) {
      return;
    }
    // Older releases write to the two other tables only.
    jdbc.sql(
            """
                WITH beat AS (
                  INSERT INTO gateway_node (id, name, version, java, migration, started_at, seen_at)
                  VALUES (:id, :name, :version, :java, :migration, statement_timestamp(), statement_timestamp())
                  ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, ended_at = NULL),
                gone AS (DELETE FROM gateway_node WHERE seen_at < statement_timestamp() - interval '1 day'),
                live AS (
                  SELECT id FROM node WHERE seen_at > statement_timestamp() - interval '30 s'
                  UNION SELECT name FROM sending_node WHERE seen_at > statement_timestamp() - interval '30 s'
                  UNION SELECT id FROM gateway_node WHERE seen_at > statement_timestamp() - interval '30 s')
                SELECT coalesce(min(coalesce(g.migration, 0)), :migration) AS oldest, count(*) AS others
                FROM live LEFT JOIN gateway_node g ON g.id = live.id WHERE live.id <> :id
                """)
        .param("id", self.id())
        .param("name", self.name())
        .param("version", GatewayNodes.class.getPackage().getImplementationVersion())
        .param("java", System.getProperty("java.version"))
        .param("migration", migration)
        .query(
            row -> {
              others = row.getInt("others");
              oldest = row.getInt("oldest");
            });
    beatAt = now;
  }

  /** The nodes of the last day, those that started last first. */
  public List<GatewayNode> list() {
    return jdbc.sql(SELECT + "ORDER BY running DESC, g.started_at DESC, g.id LIMIT :limit")
        .param("limit", MAX_LISTED)
        .query(GatewayNodes::read)
        .list();
  }

  /** A node seen within the last day. */
  public Optional<GatewayNode> find(String id) {
    return jdbc.sql(SELECT + "WHERE g.id = :id")
        .param("id", id)
        .query(GatewayNodes::read)
        .optional();
  }

  private static GatewayNode read(ResultSet row, int number) throws SQLException {
    return new GatewayNode(
        row.getString("id"),
        row.getString("name"),
        row.getString("version"),
        row.getString("java"),
        row.getInt("migration"),
        row.getTimestamp("started_at").toInstant(),
        row.getTimestamp("seen_at").toInstant(),
        row.getBoolean("running"),
        SqlTimestamps.read(row, "ended_at"),
        row.getInt("mailboxes"));
  }

  /** Marks this node as stopped in order, so that nobody looks for it. */
  @Override
  public void destroy() {
    try {
      jdbc.sql("UPDATE gateway_node SET ended_at = statement_timestamp() WHERE id = :id")
          .param("id", self.id())
          .update();
    } catch (DataAccessException e) {
      log.debug("database unavailable: this node is shown as away for a day", e);
    }
  }

  private static int lastMigration() {
    try {
      return Arrays.stream(
              new PathMatchingResourcePatternResolver()
                  .getResources("classpath:db/migration/V*.sql"))
          .map(Resource::getFilename)
          .filter(Objects::nonNull)
          .map(MIGRATION::matcher)
          .filter(Matcher::matches)
          .mapToInt(name -> Integer.parseInt(name.group(1)))
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the migrations of this program", e);
    }
  }
}
