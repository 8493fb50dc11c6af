package org.byoemail.outbound.limit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The nodes that run, as PostgreSQL knows them, and the share of each in what an account may have.
 * A node that tells nothing for 20 s is counted out. With the database away, what was known last
 * holds. Safe for use by many threads.
 */
@Component("sendingNodes")
public class SendingNodes implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(SendingNodes.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final int NAME_SUFFIX = 8;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final String name;
  private volatile Instant beatAt = Instant.MIN;
  private volatile Place place = new Place(1, 0);

  private record Place(int count, int rank) {}

  SendingNodes(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.name =
        host()
            + "/"
            + ProcessHandle.current().pid()
            + "/"
            + UUID.randomUUID().toString().substring(0, NAME_SUFFIX);
  }

  /** The name of this node, of this run. */
  public String name() {
    return name;
  }

  /** How many run. */
  public int count() {
    return place.count();
  }

  /** The place of this node among them, from 0. */
  public int rank() {
    return place.rank();
  }

  /** This node's part of a whole: the parts of all nodes make the whole, and some may be 0. */
  public int share(int whole) {
    Place now = place;
    return whole / now.count() + (now.rank() < whole % now.count() ? 1 : 0);
  }

  /** Tells that this node runs and looks for the others, every 5 s however often it is called. */
  public void beat() {
    Instant now = clock.instant();
    if (now.isBefore(beatAt.plus(EVERY)) && !now.isBefore(beatAt)) {
      return;
    }
    beatAt = now;
    // The database's time: those of the nodes may differ.
    List<String> running =
        jdbc.sql(
                """
                WITH beat AS (
                  INSERT INTO sending_node (name, seen_at) VALUES (:name, statement_timestamp())
                  ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at),
                gone AS (DELETE FROM sending_node WHERE seen_at < statement_timestamp() - interval '1 hour')
                SELECT name FROM sending_node WHERE seen_at > statement_timestamp() - interval '20 s' AND name <> :name
                UNION SELECT :name ORDER BY name
                """)
            .param("name", name)
            .query(String.class)
            .list();
    Place found = new Place(running.size(), running.indexOf(name));
    if (found.count() != place.count()) {
      LOG.info("{} nodes send; this is number {}", found.count(), found.rank() + 1);
    }
    place = found;
  }

  @Override
  public void destroy() {
    if (place.count() == 1) {
      // Nobody waits for its share.
      return;
    }
    try {
      jdbc.sql("DELETE FROM sending_node WHERE name = :name").param("name", name).update();
    } catch (DataAccessException e) {
      LOG.debug("the database is away, this node is counted out in 20 s: {}", e.getMessage());
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // Only shown: any name will do.
      return "node";
    }
  }
}
