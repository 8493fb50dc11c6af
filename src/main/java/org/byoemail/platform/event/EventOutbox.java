package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the route {@code event-publish} works with. One publisher at a time, over all nodes: it
 * holds an advisory lock for the length of its transaction. It numbers what has committed, so that
 * no reader that asks for events after a position misses one that committed late.
 */
@Component("eventOutbox")
public class EventOutbox {
  private static final long LOCK = 0x62796f2d65766e74L;
  private static final int BATCH = 200;
  private static final int MAX_BYTES = 1 << 20;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final EventPace pace;

  EventOutbox(JdbcClient jdbc, ObjectMapper json, EventPace pace) {
    this.jdbc = jdbc;
    this.json = json;
    this.pace = pace;
  }

  /**
   * The new events with the numbers that they get when they are published, in order; none where
   * another node leads.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Event> next() {
    boolean leads =
        jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
            .param("lock", LOCK)
            .query(Boolean.class)
            .single();
    if (!leads) {
      return List.of();
    }
    // A statement of its own, so that it sees what the last publisher committed before it released
    // the lock.
    return jdbc.sql(
            """
            SELECT id, (SELECT coalesce(max(position), 0) FROM event) + row_number() OVER (ORDER BY recorded) AS position,
              organization, type, message_id, account_id, sequence, body, created_at
            FROM (
              SELECT *, sum(pg_column_size(body)) OVER (ORDER BY recorded) AS stored,
                row_number() OVER (ORDER BY recorded) AS place
              FROM (SELECT * FROM event WHERE position IS NULL ORDER BY recorded LIMIT :batch) waiting) fresh
            WHERE stored <= :most OR place = 1 ORDER BY recorded
            """)
        .param("batch", BATCH)
        .param("most", MAX_BYTES)
        .query(new EventRows(json))
        .list();
  }

  /** Whether any event is not published yet; asks the database at a bounded pace. */
  public boolean isDue() {
    if (!pace.isDue()) {
      return false;
    }
    boolean waiting = isWaiting();
    if (!waiting) {
      pace.foundNone();
    }
    return waiting;
  }

  /** Whether any event is not published yet. */
  public boolean isWaiting() {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM event WHERE position IS NULL)")
        .query(Boolean.class)
        .single();
  }

  /** Numbers events that the broker has accepted. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void published(List<Event> events) {
    jdbc.sql(
            """
            UPDATE event SET position = p.position, published_at = statement_timestamp()
            FROM unnest(:ids::uuid[], :positions::bigint[]) AS p (id, position) WHERE event.id = p.id
            """)
        .param("ids", events.stream().map(Event::id).toArray(UUID[]::new))
        .param("positions", events.stream().map(Event::position).toArray(Long[]::new))
        .update();
  }
}
