package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.conversation.MessageScope;
import org.byoemail.platform.event.PositionRefused.Reason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Events with a position, for readers that need their order. Once a reader has seen a position, no
 * event appears at or below it. Thread-safe.
 */
@Repository
public class NumberedEvents {
  private static final Logger log = LoggerFactory.getLogger(NumberedEvents.class);

  private static final int MAX_BYTES = 256 << 10;

  /** The maximum number of events that one call examines, whether or not they pass its filter. */
  private static final int MAX_EXAMINED = 5000;

  private static final long LOOK_NANOS = 250_000_000L;

  /** As EventFeed decides it for events in memory. */
  private static final String WITHIN =
      """
      (e.account_id = ANY (:scopeAccounts)
        OR EXISTS (SELECT 1 FROM agent_email_account a WHERE a.id = e.account_id AND a.agent_id = ANY (:scopeAgents))
        OR EXISTS (SELECT 1 FROM message m WHERE m.id = e.message_id AND
      """
          + MessageScope.CONDITION
          + "))";

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
   * @param upTo the last position that was examined, after which to continue: at least the position
   *     of the last event, and higher if later events did not pass the filter; never less than the
   *     requested position
   */
  public record Batch(List<Event> events, long upTo) {}

  /** A registration that can be ended. */
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** Whether the event is within the scope; all are if that is null. */
  public boolean isWithin(@Nullable Scope scope, Event event) {
    return scope == null
        || jdbc.sql("SELECT EXISTS (SELECT 1 FROM event e WHERE e.id = :id AND " + WITHIN + ")")
            .param("id", event.id())
            .param("scopeAgents", Scope.agents(scope))
            .param("scopeAccounts", Scope.accounts(scope))
            .query(Boolean.class)
            .single();
  }

  /**
   * Returns events after a position that pass a filter, in order; fewer than {@code limit} if their
   * data is large or few pass. Call it again with {@link Batch#upTo}, at once if that has grown.
   *
   * @param after the position after which to start; 0 for the start
   * @param limit the maximum number of events to return
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
                              WHERE m.id = e.message_id AND p.owner_agent_id = :agent))
                          AND %s AS passes
                      FROM (SELECT * FROM event WHERE position > :after
                        AND (:organization::text IS NULL OR organization = :organization)
                        ORDER BY position LIMIT :examined) e) judged) counted
                  WHERE (passes AND place <= :limit) OR position = examined) measured
                WHERE (passes AND (bytes <= :most OR place = 1)) OR position = examined ORDER BY position
                """
                    .formatted(filter.scope() == null ? "true" : WITHIN))
            .param("scopeAgents", Scope.agents(filter.scope()))
            .param("scopeAccounts", Scope.accounts(filter.scope()))
            .param("types", types)
            .param("account", filter.account())
            .param("agent", filter.agent())
            .param("organization", OrganizationId.valueOrNull(filter.organization()))
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
   * @param event null for the last examined row if its event is not returned
   * @param passing how many of the examined events pass the filter
   */
  private record Row(@Nullable Event event, long passing, long examined) {}

  /**
   * Returns events by their ids, in no order, without those that do not exist or have no position.
   */
  public List<Event> find(Collection<UUID> ids) {
    return jdbc.sql("SELECT * FROM event WHERE id = ANY (:ids) AND position IS NOT NULL")
        .param("ids", ids.toArray(UUID[]::new))
        .query(new EventRows(json))
        .list();
  }

  /**
   * The result of searching some events.
   *
   * @param next where to go on; null at the end
   */
  public record Look(List<UUID> found, @Nullable Long next) {}

  /**
   * Searches the next events of an organisation for those whose data contains a text.
   *
   * @param text in lower case
   * @param most maximum number of events to search
   */
  public Look mentioning(OrganizationId organization, String text, long after, int most) {
    List<UUID> found = new ArrayList<>();
    long[] last = new long[1];
    int[] looked = new int[1];
    jdbc.sql(
            """
            SELECT id, position, strpos(lower(body::text), :text) > 0 AS mentions FROM event
            WHERE organization = :organization AND position > :after ORDER BY position LIMIT :most
            """)
        .param("text", text)
        .param("organization", organization.value())
        .param("after", after)
        .param("most", most)
        .query(
            row -> {
              last[0] = row.getLong("position");
              looked[0]++;
              if (row.getBoolean("mentions")) {
                found.add(row.getObject("id", UUID.class));
              }
            });
    return new Look(found, looked[0] < most ? null : last[0]);
  }

  /**
   * Checks that a reader of an organisation's events may continue after a position; 0, the start,
   * is always allowed.
   *
   * @param organization null for all
   * @throws PositionRefused if it was never assigned, or events after it were deleted
   */
  public void check(@Nullable OrganizationId organization, long after) {
    if (after == 0) {
      return;
    }
    long last = positions.last();
    if (after > last || positions.isLost(after)) {
      throw new PositionRefused(
          Reason.NEVER_GIVEN,
          "no event has had position "
              + after
              + ": it comes from another database, or from a time after the backup that this one"
              + " was restored from. Continue after an earlier position; the last one is "
              + last,
          last);
    }
    if (positions.isDeleted(organization, after)) {
      long first = positions.firstKept(organization);
      throw new PositionRefused(
          Reason.DELETED,
          "events after position "
              + after
              + " were deleted after their retention period: continue after position "
              + (first - 1),
          first);
    }
  }

  /** The last position that was assigned. */
  public long last() {
    return positions.last();
  }

  /**
   * Registers a listener that is called soon after events got positions: at once if this node
   * assigned them, within about 300 ms if another did (5 s after that node's start). It runs on the
   * thread that numbers events, so it must not block; it may be called without need. Readers should
   * still poll occasionally.
   */
  public Registration onNumbered(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * Checks, at a limited rate and only if there are listeners, whether another node assigned
   * positions.
   */
  void look() {
    if (listeners.isEmpty() || nanos.getAsLong() - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = nanos.getAsLong();
    given(last());
  }

  /** Called when positions up to this one were assigned. */
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
