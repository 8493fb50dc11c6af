package org.byoemail.platform.event;

import java.time.Duration;
import org.byoemail.platform.cluster.GatewayNodes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

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

  /** How long another node may hold the lock before this one tries again. */
  private static final Duration SOON = Duration.ofMillis(10);

  private final JdbcClient jdbc;
  private final GatewayNodes nodes;
  private final EventPollSchedule pace;
  private final NumberedEvents numbered;
  private volatile long seen;

  EventNumbering(
      JdbcClient jdbc, GatewayNodes nodes, EventPollSchedule pace, NumberedEvents numbered) {
    this.jdbc = jdbc;
    this.nodes = nodes;
    this.pace = pace;
    this.numbered = numbered;
  }

  /**
   * Whether to call {@link #number} now, which finds out whether events wait: limits the rate of
   * queries. Call it outside of transactions.
   */
  public boolean isDue() {
    nodes.beat();
    if (!nodes.isAlone()) {
      numbered.look();
    }
    if (!pace.numbering().isDue()) {
      return false;
    }
    if (!nodes.allKnow(MIGRATION)) {
      // Publishing assigns the positions.
      pace.publishing().wake();
      return false;
    }
    return true;
  }

  /** Waits until {@link #isDue} may be true, but not longer than that. */
  public void await(Duration longest) throws InterruptedException {
    pace.numbering().await(longest);
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
  public long number() {
    // One call, one transaction: the lock is held for its length.
    Long last =
        jdbc.sql("SELECT number_events(:turn, :seen, :batch)")
            .param("turn", LOCK)
            .param("seen", seen)
            .param("batch", BATCH)
            .query(Long.class)
            .optional()
            .orElse(null);
    if (last == null) {
      return 0;
    }
    if (last == 0) {
      pace.numbering().wakeAfter(SOON);
    }
    return last;
  }

  /** Called after the commit, with the result of {@link #number}. */
  public void numbered(long last) {
    if (last > 0) {
      long events = last - seen;
      seen = last;
      pace.publishing().wake();
      pace.numbering().processed(events);
      if (events >= BATCH) {
        pace.numbering().wake();
      }
      numbered.given(last);
    }
  }
}
