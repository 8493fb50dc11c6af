package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.platform.cluster.GatewayNodes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the route {@code event-publish} works with. One publisher at a time, over all nodes: it
 * holds an advisory lock for the length of its transaction. It publishes in the order of positions.
 * While a node of an older release runs, it also gives the positions, as that does.
 */
@Component("eventOutbox")
public class EventOutbox {
  private static final long LOCK = 0x62796f2d65767062L;
  private static final int BATCH = 200;
  private static final int MAX_BYTES = 1 << 20;

  /** How long another node may publish before this one tries again. */
  private static final Duration SOON = Duration.ofMillis(10);

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final GatewayNodes nodes;
  private final EventPollSchedule pace;

  EventOutbox(JdbcClient jdbc, ObjectMapper json, GatewayNodes nodes, EventPollSchedule pace) {
    this.jdbc = jdbc;
    this.json = json;
    this.nodes = nodes;
    this.pace = pace;
  }

  /** The next events to publish, in order; none where another node publishes. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Event> next() {
    EventRows mapper = new EventRows(json);
    long[] found = new long[1];
    List<Optional<Event>> rows =
        jdbc.sql(
                """
                SELECT fresh.* FROM (
                  -- Locking the row reads what the last publisher committed before it released the
                  -- advisory lock, even if that was after this statement began. Older releases take
                  -- the advisory lock only.
                  SELECT value FROM event_position WHERE name = 'published' AND pg_try_advisory_xact_lock(:lock)
                  FOR NO KEY UPDATE) published
                LEFT JOIN LATERAL (
                  SELECT *, sum(pg_column_size(body)) OVER (ORDER BY position) AS stored,
                    row_number() OVER (ORDER BY position) AS place, count(*) OVER () AS found
                  FROM (SELECT * FROM event WHERE position > published.value AND published_at IS NULL
                    ORDER BY position LIMIT :batch) waiting) fresh ON stored <= :most OR place = 1
                ORDER BY position
                """)
            .param("lock", LOCK)
            .param("batch", BATCH)
            .param("most", MAX_BYTES)
            .query(
                (row, number) -> {
                  found[0] = row.getLong("found");
                  return found[0] == 0
                      ? Optional.<Event>empty()
                      : Optional.of(mapper.mapRow(row, number));
                })
            .list();
    if (rows.isEmpty()) {
      pace.publishing().wakeAfter(SOON);
      return List.of();
    }
    List<Event> numbered = rows.stream().flatMap(Optional::stream).toList();
    if (numbered.size() < found[0] || numbered.size() == BATCH) {
      pace.publishing().wake();
    }
    if (!numbered.isEmpty() || numberedApart() || !locked(EventNumbering.LOCK)) {
      return numbered;
    }
    List<Event> unnumbered = withoutPosition();
    if (!unnumbered.isEmpty()) {
      pace.publishing().wake();
    }
    return unnumbered;
  }

  // A separate statement, so that it sees what the last publisher committed before it released
  // the lock.
  private List<Event> withoutPosition() {
    return jdbc.sql(
            """
            SELECT id, (SELECT greatest(value, (SELECT coalesce(max(position), 0) FROM event))
                FROM event_position WHERE name = 'numbered') + row_number() OVER (ORDER BY recorded) AS position,
              organization, type, message_id, account_id, sequence, body, created_at, traceparent
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

  /**
   * Whether there may be events that this node can publish; limits the rate of queries. Call it
   * outside of transactions.
   */
  public boolean isDue() {
    nodes.beat();
    boolean woken = pace.publishing().isWoken();
    return pace.publishing().isDue() && (woken || isWaiting());
  }

  /** Waits until {@link #isDue} may be true, but not longer than that. */
  public void await(Duration longest) throws InterruptedException {
    pace.publishing().await(longest);
  }

  /** Whether any event that this node may publish is not published yet. */
  public boolean isWaiting() {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM event
                WHERE position > (SELECT value FROM event_position WHERE name = 'published') AND published_at IS NULL)
              OR (NOT :apart AND EXISTS (SELECT 1 FROM event WHERE position IS NULL))
            """)
        .param("apart", numberedApart())
        .query(Boolean.class)
        .single();
  }

  /** Records that the broker has accepted events. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void published(List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    long last = events.get(events.size() - 1).position();
    jdbc.sql(
            """
            WITH numbered AS (
              UPDATE event_position SET value = :last WHERE name = 'numbered' AND value < :last RETURNING value),
            marked AS (
              UPDATE event SET position = p.position, published_at = statement_timestamp()
              FROM unnest(:ids::uuid[], :positions::bigint[]) AS p (id, position)
              -- Only those that have got their positions here: an older node runs.
              WHERE event.id = p.id AND EXISTS (SELECT 1 FROM numbered))
            UPDATE event_position SET value = :last WHERE name = 'published' AND value < :last
            """)
        .param("ids", events.stream().map(Event::id).toArray(UUID[]::new))
        .param("positions", events.stream().map(Event::position).toArray(Long[]::new))
        .param("last", last)
        .update();
  }

  private boolean numberedApart() {
    return nodes.allKnow(EventNumbering.MIGRATION);
  }

  private boolean locked(long lock) {
    return jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
        .param("lock", lock)
        .query(Boolean.class)
        .single();
  }
}
