package org.byoemail.platform.event;

import org.byoemail.platform.cluster.GatewayNodes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Assigns positions to committed events, on one node at a time, so that a reader of events after a
 * position cannot miss one that committed late. Does nothing while a node of an older release runs,
 * which assigns positions as it publishes and takes numbered events for published. Thread-safe.
 */
@Component
public class EventNumbering {
  /** The advisory lock for assigning positions, in older releases too. */
  static final long LOCK = 0x62796f2d65766e74L;

  /** The migration that all nodes must know. */
  static final int MIGRATION = 74;

  private static final int BATCH = 1000;

  private final JdbcClient jdbc;
  private final GatewayNodes nodes;
  private final EventPace pace;
  private final NumberedEvents numbered;
  private volatile long seen;

  EventNumbering(JdbcClient jdbc, GatewayNodes nodes, EventPace pace, NumberedEvents numbered) {
    this.jdbc = jdbc;
    this.nodes = nodes;
    this.pace = pace;
    this.numbered = numbered;
  }

  /**
   * Whether events wait for positions that this node may assign; limits the rate of queries. Call
   * it outside of transactions.
   */
  public boolean isDue() {
    nodes.beat();
    numbered.look();
    if (!pace.numbering().isDue()) {
      return false;
    }
    boolean waiting = isWaiting();
    if (!waiting) {
      pace.numbering().foundNone();
    }
    return waiting;
  }

  /** Whether events wait for their positions, which this node may give. */
  public boolean isWaiting() {
    return nodes.allKnow(MIGRATION)
        && jdbc.sql("SELECT EXISTS (SELECT 1 FROM event WHERE position IS NULL)")
            .query(Boolean.class)
            .single();
  }

  /**
   * Assigns positions to the next events, unless another node is doing so. Assigns none if the
   * database is behind what this node has seen: it was restored, and the positions were used
   * before.
   *
   * @return the last position given, or 0
   */
  @Transactional
  public long number() {
    boolean leads =
        jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
            .param("lock", LOCK)
            .query(Boolean.class)
            .single();
    if (!leads) {
      return 0;
    }
    // A separate statement, so that it sees what was committed before the lock was released. A
    // stalled node of an older release may have assigned positions after the counter.
    return jdbc.sql(
            """
            WITH last AS (
              SELECT greatest(value, (SELECT coalesce(max(position), 0) FROM event)) AS position
              FROM event_position WHERE name = 'numbered'),
            fresh AS (
              SELECT id, (SELECT position FROM last) + row_number() OVER (ORDER BY recorded) AS position
              FROM (SELECT id, recorded FROM event WHERE position IS NULL ORDER BY recorded LIMIT :batch) waiting),
            given AS (
              UPDATE event SET position = fresh.position FROM fresh, last
              WHERE event.id = fresh.id AND last.position >= :seen RETURNING event.position)
            UPDATE event_position SET value = (SELECT max(position) FROM given)
            WHERE name = 'numbered' AND EXISTS (SELECT 1 FROM given) RETURNING value
            """)
        .param("batch", BATCH)
        .param("seen", seen)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** Called after the commit, with the result of {@link #number}. */
  public void numbered(long last) {
    if (last > 0) {
      seen = last;
      numbered.given(last);
    }
  }
}
