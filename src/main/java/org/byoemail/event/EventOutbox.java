package org.byoemail.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.byoemail.mail.Times;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the route {@code event-publish} works with. One publisher at a time, over all nodes: it
 * holds an advisory lock for the length of its transaction. It numbers what has committed, so that
 * no reader who asks for events behind a position misses one that committed late.
 */
@Component("eventOutbox")
public class EventOutbox {
  private static final long LOCK = 0x62796f2d65766e74L;
  private static final int BATCH = 200;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final EventPace pace;
  private final Clock clock;

  EventOutbox(JdbcClient jdbc, ObjectMapper json, EventPace pace, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.pace = pace;
    this.clock = clock;
  }

  /**
   * Numbers the new events and returns those to publish, in order; none where another node leads.
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
    // A statement of its own, so that it sees what the last publisher committed before it let go.
    jdbc.sql(
            """
            UPDATE event SET position = numbered.position
            FROM (SELECT id, (SELECT coalesce(max(position), 0) FROM event)
                    + row_number() OVER (ORDER BY recorded) AS position
                  FROM (SELECT id, recorded FROM event WHERE position IS NULL ORDER BY recorded LIMIT :batch) fresh
                 ) numbered
            WHERE event.id = numbered.id
            """)
        .param("batch", BATCH)
        .update();
    return jdbc.sql(
            "SELECT * FROM event WHERE published_at IS NULL AND position IS NOT NULL ORDER BY position LIMIT :batch")
        .param("batch", BATCH)
        .query(new EventRows(json))
        .list();
  }

  /** Whether any event is not published yet, as far as this is known without asking too often. */
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
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM event WHERE published_at IS NULL)")
        .query(Boolean.class)
        .single();
  }

  /** The broker has them. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void published(List<Event> events) {
    jdbc.sql("UPDATE event SET published_at = :now WHERE id = ANY(:ids)")
        .param("ids", events.stream().map(Event::id).toArray(UUID[]::new))
        .param("now", Times.parameter(clock.instant()))
        .update();
  }
}
