package org.byoemail.platform.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What PostgreSQL knows of leases: the fence, which alone decides who may write, and by whom a
 * mailbox was last taken, by which others find what is free.
 */
@Repository
class LeaseFences {
  private final JdbcClient jdbc;
  private final NodeIdentity node;

  LeaseFences(JdbcClient jdbc, NodeIdentity node) {
    this.jdbc = jdbc;
    this.node = node;
  }

  /** Notes that this node is there. */
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

  /** The nodes that are not among the given and may have left mailboxes behind. */
  Set<String> othersThan(Set<String> present) {
    return new HashSet<>(
        jdbc.sql("SELECT id FROM node WHERE id <> ALL(:present)")
            .param("present", present.toArray(String[]::new))
            .query(String.class)
            .list());
  }

  /** Forgets nodes that were not there for so long and left nothing behind. */
  void forget(Duration absent) {
    jdbc.sql(
            """
            DELETE FROM node n WHERE n.seen_at < statement_timestamp() - :absent * interval '1 millisecond'
              AND NOT EXISTS (SELECT 1 FROM mailbox m WHERE m.held_by = n.id)
            """)
        .param("absent", absent.toMillis())
        .update();
  }

  /**
   * Raises the fences. A row that somebody has locked is left out and not waited for: its holder
   * may stand still in the middle of a transaction.
   */
  List<Lease> raise(Collection<UUID> mailboxes) {
    return jdbc.sql(
            """
            UPDATE mailbox SET fence = fence + 1, taken_over = held_by IS NOT NULL AND held_by <> :node,
              held_by = :node, held_since = statement_timestamp()
            WHERE id IN (SELECT id FROM mailbox WHERE id = ANY(:mailboxes)
                         AND account_id IS NOT NULL ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING id, fence
            """)
        .param("node", node.id())
        .param("mailboxes", mailboxes.toArray(UUID[]::new))
        .query((row, number) -> new Lease(row.getObject("id", UUID.class), row.getLong("fence")))
        .list();
  }

  /** Notes that this node has them no longer. */
  void free(Collection<UUID> mailboxes) {
    jdbc.sql(
            """
            UPDATE mailbox SET held_by = NULL, held_since = NULL
            WHERE id IN (SELECT id FROM mailbox WHERE id = ANY(:mailboxes)
                         AND held_by = :node ORDER BY id FOR UPDATE SKIP LOCKED)
            """)
        .param("node", node.id())
        .param("mailboxes", mailboxes.toArray(UUID[]::new))
        .update();
  }
}
