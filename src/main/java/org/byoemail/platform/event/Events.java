package org.byoemail.platform.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.JsonText;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Records events in the transaction of the change, and lists the newest. */
@Repository
public class Events {
  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final ObjectMapper json;
  private final EventPollSchedule pace;

  Events(JdbcClient jdbc, JdbcTemplate batches, ObjectMapper json, EventPollSchedule pace) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.json = json;
    this.pace = pace;
  }

  /**
   * An event to be recorded.
   *
   * @param trace the span of what happened; null if absent
   */
  public record NewEvent(
      OrganizationId organization,
      @Nullable UUID messageId,
      @Nullable UUID accountId,
      EventData data,
      @Nullable TraceParent trace) {
    /** An event of no trace. */
    public NewEvent(
        OrganizationId organization,
        @Nullable UUID messageId,
        @Nullable UUID accountId,
        EventData data) {
      this(organization, messageId, accountId, data, null);
    }

    private @Nullable String traceText() {
      return trace == null ? null : trace.text();
    }
  }

  /** Records an event in the transaction of the caller, which must be active. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(NewEvent event) {
    record(List.of(event));
  }

  /** Records events, in their order, in the transaction of the caller, which must be active. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(List<NewEvent> events) {
    if (!events.isEmpty()) {
      lock(events);
      recordLocked(events);
    }
  }

  private void lock(List<NewEvent> events) {
    // Transactions about one message take their sequence numbers one after the other; about
    // several, in the order of their ids, so that no two wait for each other.
    String[] messages =
        events.stream()
            .map(NewEvent::messageId)
            .filter(Objects::nonNull)
            .map(UUID::toString)
            .distinct()
            .sorted()
            .toArray(String[]::new);
    if (messages.length > 0) {
      jdbc.sql(
              """
              SELECT count(%s) FROM unnest(:messages::text[]) AS message
              """
                  .formatted(lockOf("message")))
          .param("messages", messages)
          .query(Long.class)
          .single();
    }
  }

  /**
   * The SQL expression that takes the lock under which the events of a message get their sequence
   * numbers, for a statement before {@link #recordLocked}. Several are taken in the order of the
   * messages' ids.
   *
   * @param message an SQL expression: the message's id
   */
  public static String lockOf(String message) {
    return "pg_advisory_xact_lock(hashtextextended(%s::text, 0))".formatted(message);
  }

  /** As {@link #record(List)}, of messages whose locks the transaction has taken before. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void recordLocked(List<NewEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    pace.recorded();
    jdbc.sql(
            """
            INSERT INTO event (id, organization, type, message_id, account_id, sequence, body, traceparent, created_at)
            SELECT e.id, e.organization, e.type, e.message_id, e.account_id,
              CASE WHEN e.message_id IS NULL THEN 1
                ELSE greatest(
                    (SELECT coalesce(max(told.sequence), 0) FROM event told WHERE told.message_id = e.message_id),
                    (SELECT gone.last FROM event_sequence gone WHERE gone.message_id = e.message_id))
                  + row_number() OVER (PARTITION BY e.message_id ORDER BY e.place) END,
              e.body::jsonb, e.traceparent, statement_timestamp()
            FROM unnest(:ids::uuid[], :organizations::text[], :types::text[], :messages::uuid[],
                :accounts::uuid[], :bodies::text[], :traces::text[])
              WITH ORDINALITY AS e (id, organization, type, message_id, account_id, body, traceparent, place)
            ORDER BY e.place
            """)
        .param("ids", events.stream().map(event -> Ids.next()).toArray(UUID[]::new))
        .param("organizations", strings(events, event -> event.organization().value()))
        .param("types", strings(events, event -> event.data().eventType().word()))
        .param("messages", events.stream().map(NewEvent::messageId).toArray(UUID[]::new))
        .param("accounts", events.stream().map(NewEvent::accountId).toArray(UUID[]::new))
        .param("bodies", strings(events, event -> write(event.data())))
        .param("traces", strings(events, NewEvent::traceText))
        .update();
  }

  private static String[] strings(
      List<NewEvent> events, Function<NewEvent, @Nullable String> field) {
    return events.stream().map(field).toArray(String[]::new);
  }

  /**
   * Records many events at once in the transaction of the caller, which must be active. Each is the
   * first of its message, because the same transaction creates the message; or has no message.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void recordFirst(List<NewEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    pace.recorded();
    batches.batchUpdate(
        "INSERT INTO event (id, organization, type, message_id, account_id, body, traceparent,"
            + " created_at) VALUES (?, ?, ?, ?, ?, ?::jsonb, ?, statement_timestamp())",
        events,
        events.size(),
        (row, event) -> {
          row.setObject(1, Ids.next());
          row.setString(2, event.organization().value());
          row.setString(3, event.data().eventType().word());
          row.setObject(4, event.messageId(), Types.OTHER);
          row.setObject(5, event.accountId(), Types.OTHER);
          row.setString(6, write(event.data()));
          row.setString(7, event.traceText());
        });
  }

  /**
   * Events that have a position, the newest first; data that is long is the start of its JSON, as a
   * string.
   *
   * @param before the position to start before; null for the end
   */
  public List<Event> newest(
      @Nullable OrganizationId organization, @Nullable Long before, int limit) {
    return jdbc.sql(
            """
            SELECT id, position, organization, type, message_id, account_id, sequence, created_at, traceparent,
              CASE WHEN octet_length(body::text) <= 4000 THEN body ELSE to_jsonb(left(body::text, 1000)) END AS body
            FROM event WHERE position IS NOT NULL
              AND (:organization::text IS NULL OR organization = :organization)
              AND (:before::bigint IS NULL OR position < :before)
            ORDER BY position DESC LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("before", before)
        .param("limit", limit)
        .query(new EventRows(json))
        .list();
  }

  private String write(EventData data) {
    try {
      return JsonText.withoutNul(json.writeValueAsString(data));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("event data cannot be written as JSON", e);
    }
  }
}
