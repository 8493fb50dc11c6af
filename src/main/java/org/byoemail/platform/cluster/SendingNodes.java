package org.byoemail.platform.cluster;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The nodes that send, as PostgreSQL knows them, and each one's share of what an account may use. A
 * node without a heartbeat for 20 s is not counted. While the database is unavailable, the last
 * known membership holds. Safe for use by many threads.
 */
@Component("sendingNodes")
public class SendingNodes implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(SendingNodes.class);
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(5);

  private final JdbcClient jdbc;
  private final Clock clock;
  private final String id;
  private volatile Instant beatAt = Instant.MIN;
  private volatile Membership membership = new Membership(1, 0);

  private record Membership(int count, int rank) {}

  SendingNodes(JdbcClient jdbc, Clock clock, NodeIdentity self) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.id = self.id();
  }

  /** The id of this node. */
  public String id() {
    return id;
  }

  /** The number of nodes, this one included. */
  public int count() {
    return membership.count();
  }

  /** The place of this node among them, from 0. */
  public int rank() {
    return membership.rank();
  }

  /** This node's share of a whole: the shares of all nodes add up to it, and some may be 0. */
  public int share(int whole) {
    Membership now = membership;
    return whole / now.count() + (now.rank() < whole % now.count() ? 1 : 0);
  }

  /** Writes the heartbeat and reads the other nodes, at most every 5 s. */
  public void beat() {
    Instant now = clock.instant();
    if (now.isBefore(beatAt.plus(HEARTBEAT_INTERVAL)) && !now.isBefore(beatAt)) {
      return;
    }
    beatAt = now;
    // By the clock of the database: the nodes' clocks may differ.
    List<String> running =
        jdbc.sql(
                """
                WITH beat AS (
                  INSERT INTO sending_node (name, seen_at) VALUES (:id, statement_timestamp())
                  ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at),
                gone AS (DELETE FROM sending_node WHERE seen_at < statement_timestamp() - interval '1 hour')
                SELECT name FROM sending_node WHERE seen_at > statement_timestamp() - interval '20 s' AND name <> :id
                UNION SELECT :id ORDER BY name
                """)
            .param("id", id)
            .query(String.class)
            .list();
    Membership found = new Membership(running.size(), running.indexOf(id));
    if (found.count() != membership.count()) {
      log.info("sending nodes: {}, rank of this node: {}", found.count(), found.rank());
    }
    membership = found;
  }

  @Override
  public void destroy() {
    if (membership.count() == 1) {
      // No other node waits for its share.
      return;
    }
    try {
      jdbc.sql("DELETE FROM sending_node WHERE name = :id").param("id", id).update();
    } catch (DataAccessException e) {
      log.debug(
          "database unavailable: other nodes count this one for 20 s more: {}", e.getMessage());
    }
  }
}
