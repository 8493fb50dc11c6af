package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.byoemail.platform.event.PositionRefused.Reason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Events that have a position, for those who read them in order: the API, and whatever else
 * delivers events. Once a reader has seen a position, no event appears at or below it. Thread-safe.
 */
@Repository
public class NumberedEvents {
  private static final Logger log = LoggerFactory.getLogger(NumberedEvents.class);

  private static final int MAX_BYTES = 256 << 10;

  /** The most events that one call looks at, whatever its filter lets pass. */
  private static final int MAX_EXAMINED = 5000;

  private static final long LOOK_NANOS = 250_000_000L;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final EventPositions positions;
  private final LongSupplier nanos;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private long lookedAt;
  private long lastSeen;

  @Autowired
  NumberedEvents(JdbcClient jdbc, ObjectMapper json, EventPositions positions) {
    this(jdbc, json, positions, System::nanoTime);
  }

  NumberedEvents(JdbcClient jdbc, ObjectMapper json, EventPositions positions, LongSupplier nanos) {
    this.positions = positions;
    this.jdbc = jdbc;
    this.json = json;
    this.nanos = nanos;
    this.lookedAt = nanos.getAsLong() - LOOK_NANOS;
  }

  /**
   * Some events in order.
   *
   * @param upTo the position up to which events were looked at: where to go on. At least that of
   *     the last event, and more where the filter has passed over events; never less than the
   *     position that was asked for
   */
  public record Batch(List<Event> events, long upTo) {}

  /** Ends what it was returned for. */
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Events after a position that pass a filter, in their order; fewer than asked for where their
   * data is large or few pass. Ask again after {@link Batch#upTo}, at once if that has grown.
   *
   * @param after the position after which to start; 0 for the start
   * @param limit the most events to return
   */
  public Batch after(EventFilter filter, long after, int limit) {
    String[] types = filter.types().isEmpty() ? null : filter.types().toArray(String[]::new);
    List<Row> rows =
        jdbc.sql(
                """
                SELECT * FROM (
                  SELECT *, sum(CASE WHEN passes AND place <= :limit THEN octet_length(body::text) ELSE 0 END)
                    OVER (ORDER BY position) AS bytes
                  FROM (
                    SELECT *, count(*) FILTER (WHERE passes) OVER (ORDER BY position) AS place,
                      count(*) FILTER (WHERE passes) OVER () AS passing, max(position) OVER () AS examined
                    FROM (
                      SELECT e.*, (:types::text[] IS NULL OR e.type = ANY (:types::text[]))
                          AND (:account::uuid IS NULL OR e.account_id = :account)
                          AND (:agent::uuid IS NULL
                            OR EXISTS (SELECT 1 FROM agent_email_account a WHERE a.id = e.account_id AND a.agent_id = :agent)
                            OR EXISTS (SELECT 1 FROM message m JOIN endpoint p ON p.id = m.endpoint_id
                              WHERE m.id = e.message_id AND p.owner_agent_id = :agent)) AS passes
                      FROM (SELECT * FROM event WHERE position > :after
                        AND (:organization::text IS NULL OR organization = :organization)
                        ORDER BY position LIMIT :examined) e) judged) counted
                  WHERE (passes AND place <= :limit) OR position = examined) measured
                WHERE (passes AND (bytes <= :most OR place = 1)) OR position = examined ORDER BY position
                """)
            .param("types", types)
            .param("account", filter.account())
            .param("agent", filter.agent())
            .param("organization", filter.organization())
            .param("after", after)
            .param("examined", filter.isOfOrganizationOnly() ? limit : MAX_EXAMINED)
            .param("limit", limit)
            .param("most", MAX_BYTES)
            .query(
                (row, number) -> {
                  int place = row.getInt("place");
                  boolean fits =
                      place == 1 || (place <= limit && row.getLong("bytes") <= MAX_BYTES);
                  return new Row(
                      row.getBoolean("passes") && fits
                          ? new EventRows(json).mapRow(row, number)
                          : null,
                      row.getLong("passing"),
                      row.getLong("examined"));
                })
            .list();
    List<Event> events = rows.stream().map(Row::event).filter(Objects::nonNull).toList();
    if (rows.isEmpty()) {
      return new Batch(List.of(), after);
    }
    Row any = rows.get(0);
    boolean whole = events.size() == any.passing();
    return new Batch(events, whole ? any.examined() : events.get(events.size() - 1).position());
  }

  /**
   * @param event null for the last row that was looked at, if it is not part of the answer
   * @param passing how many of the events that were looked at pass the filter
   */
  private record Row(@Nullable Event event, long passing, long examined) {}

  /** Events of those ids, in no order; fewer if some are not there or have no position. */
  public List<Event> find(Collection<UUID> ids) {
    return jdbc.sql("SELECT * FROM event WHERE id = ANY (:ids) AND position IS NOT NULL")
        .param("ids", ids.toArray(UUID[]::new))
        .query(new EventRows(json))
        .list();
  }

  /**
   * Checks that a reader of an organisation's events may go on after a position; 0, the start, is
   * always allowed.
   *
   * @param organization null for all
   * @throws PositionRefused if it was never given, or events behind it were deleted
   */
  public void check(@Nullable String organization, long after) {
    if (after == 0) {
      return;
    }
    long last = positions.last();
    if (after > last || positions.isLost(after)) {
      throw new PositionRefused(
          Reason.NEVER_GIVEN,
          "no event has had position "
              + after
              + ": it comes from another database, or from a time after the backup that this one was restored from."
              + " Read on after a position from before; the last one given is "
              + last,
          last);
    }
    if (positions.isDeleted(organization, after)) {
      long first = positions.firstKept(organization);
      throw new PositionRefused(
          Reason.DELETED,
          "events after position "
              + after
              + " were deleted, since they were kept for their time: read on after position "
              + (first - 1),
          first);
    }
  }

  /** The last position that was ever given. */
  public long last() {
    return positions.last();
  }

  /**
   * Has a listener called soon after events got positions, on whatever node: at once if this one
   * gave them, else within some 300 ms. It is called by the thread that numbers events, so it only
   * wakes others; it may be called without need. A reader that depends on it still looks by itself
   * now and then.
   */
  public Registration onNumbered(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Looks whether another node gave positions, at a bounded pace and only for listeners. */
  void look() {
    if (listeners.isEmpty() || nanos.getAsLong() - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = nanos.getAsLong();
    given(last());
  }

  /** Positions up to this one were given. */
  synchronized void given(long last) {
    if (last <= lastSeen) {
      return;
    }
    lastSeen = last;
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        log.warn("a listener for new events failed: {}", e.toString());
      }
    }
  }
}
