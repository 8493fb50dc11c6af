package org.byoemail.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.mail.Ids;
import org.byoemail.mail.JsonText;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Records events with the change they tell of, and lists the published ones. */
@Repository
public class Events {
  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final ObjectMapper json;
  private final Clock clock;

  Events(JdbcClient jdbc, JdbcTemplate batches, ObjectMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Records an event in the transaction of the caller, which there must be.
   *
   * @param data shown to the platform as it is: no secrets
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(
      EventType type,
      String organization,
      @Nullable UUID messageId,
      @Nullable UUID accountId,
      Map<String, ? extends @Nullable Object> data) {
    if (messageId != null) {
      // Two transactions about one message take their sequence numbers one after the other.
      jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:message, 0))")
          .param("message", messageId.toString())
          .query(row -> {});
    }
    jdbc.sql(
            """
            INSERT INTO event (id, organization, type, message_id, account_id, sequence, body, created_at)
            VALUES (:id, :organization, :type, :message, :account,
              CASE WHEN :message::uuid IS NULL THEN 1
                ELSE (SELECT coalesce(max(sequence), 0) + 1 FROM event WHERE message_id = :message) END,
              :body::jsonb, :now)
            """)
        .param("id", Ids.next())
        .param("organization", organization)
        .param("type", type.word())
        .param("message", messageId)
        .param("account", accountId)
        .param("body", write(data))
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  /**
   * An event that is the first of its message, because the same transaction makes the message; or
   * one of no message.
   *
   * @param data shown to the platform as it is: no secrets
   */
  public record First(
      EventType type,
      String organization,
      @Nullable UUID messageId,
      @Nullable UUID accountId,
      Map<String, ? extends @Nullable Object> data) {}

  /** Records many events at once in the transaction of the caller, which there must be. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void recordFirst(List<First> events) {
    if (events.isEmpty()) {
      return;
    }
    Timestamp now = Timestamp.from(clock.instant());
    batches.batchUpdate(
        "INSERT INTO event (id, organization, type, message_id, account_id, body, created_at)"
            + " VALUES (?, ?, ?, ?, ?, ?::jsonb, ?)",
        events,
        events.size(),
        (row, event) -> {
          row.setObject(1, Ids.next());
          row.setString(2, event.organization());
          row.setString(3, event.type().word());
          row.setObject(4, event.messageId(), Types.OTHER);
          row.setObject(5, event.accountId(), Types.OTHER);
          row.setString(6, write(event.data()));
          row.setTimestamp(7, now);
        });
  }

  /**
   * Published events in their order.
   *
   * @param organization null for all organisations
   * @param after the position to start behind; 0 for the start
   */
  public List<Event> after(@Nullable String organization, long after, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM event WHERE position > :after
              AND (:organization::text IS NULL OR organization = :organization)
            ORDER BY position LIMIT :limit
            """)
        .param("after", after)
        .param("organization", organization)
        .param("limit", limit)
        .query(new EventRows(json))
        .list();
  }

  /**
   * Published events, the newest first.
   *
   * @param before the position to start before; null for the end
   */
  public List<Event> newest(@Nullable Long before, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM event WHERE position IS NOT NULL
              AND (:before::bigint IS NULL OR position < :before)
            ORDER BY position DESC LIMIT :limit
            """)
        .param("before", before)
        .param("limit", limit)
        .query(new EventRows(json))
        .list();
  }

  private String write(Map<String, ? extends @Nullable Object> data) {
    try {
      return JsonText.withoutNul(json.writeValueAsString(data));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("event data that cannot be written as JSON", e);
    }
  }
}
