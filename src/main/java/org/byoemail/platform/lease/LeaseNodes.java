package org.byoemail.platform.lease;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.byoemail.platform.cluster.NodeIdentity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The nodes that have watched mailboxes, in PostgreSQL. */
@Repository
class LeaseNodes {
  private final JdbcClient jdbc;
  private final NodeIdentity node;

  LeaseNodes(JdbcClient jdbc, NodeIdentity node) {
    this.jdbc = jdbc;
    this.node = node;
  }

  /** Records that this node is alive. */
  void seen() {
    jdbc.sql(
            """
            INSERT INTO node (id, name, started_at, seen_at) VALUES (:id, :name, statement_timestamp(), statement_timestamp())
            ON CONFLICT (id) DO UPDATE SET seen_at = statement_timestamp()
            """)
        .param("id", node.id())
        .param("name", node.name())
        .update();
  }

  /** The other nodes, which may have left mailboxes behind. */
  Set<String> othersThan(Set<String> present) {
    return new HashSet<>(
        jdbc.sql("SELECT id FROM node WHERE id <> ALL(:present)")
            .param("present", present.toArray(String[]::new))
            .query(String.class)
            .list());
  }

  /** Deletes nodes that were absent for that time and hold no mailbox. */
  void forget(Duration absent) {
    jdbc.sql(
            """
            DELETE FROM node n WHERE n.seen_at < statement_timestamp() - :absent * interval '1 millisecond'
              AND NOT EXISTS (SELECT 1 FROM mailbox m WHERE m.held_by = n.id)
            """)
        .param("absent", absent.toMillis())
        .update();
  }
}
