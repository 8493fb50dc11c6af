package org.byoemail.webhook;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.event.NumberedEvents;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads and replays the deliveries of webhooks for the API and the console. Safe for use by many
 * threads.
 */
@Repository
public class WebhookDeliveries {
  /** The maximum number of events of one replay. */
  public static final int MAX_REPLAYED = 1_000;

  private final JdbcClient jdbc;
  private final NumberedEvents events;
  private final WebhookPayload payload;
  private final DeliveryQueue queue;
  private final DeliveryWakeUp wakeUp;

  WebhookDeliveries(
      JdbcClient jdbc,
      NumberedEvents events,
      WebhookPayload payload,
      DeliveryQueue queue,
      DeliveryWakeUp wakeUp) {
    this.queue = queue;
    this.wakeUp = wakeUp;
    this.jdbc = jdbc;
    this.events = events;
    this.payload = payload;
  }

  /**
   * A delivery.
   *
   * @param state waiting, delivered or failed
   * @param about the message of the event, or else its account
   * @param dueAt time of the next attempt; null if the delivery is complete
   */
  public record Delivery(
      UUID id,
      UUID webhook,
      UUID event,
      long position,
      String type,
      @Nullable UUID about,
      boolean replay,
      String state,
      int attempts,
      @Nullable Instant dueAt,
      @Nullable String lastError,
      Instant createdAt,
      @Nullable Instant endedAt) {}

  /**
   * One attempt of a delivery.
   *
   * @param status HTTP status; null if there was no response
   * @param answer the start of the response body
   * @param decision the outcome of a decision on a review in the answer; null: there was none
   */
  public record Attempt(
      int number,
      Instant at,
      String url,
      Duration took,
      @Nullable Integer status,
      @Nullable String answer,
      @Nullable String error,
      @Nullable String decision) {}

  /**
   * Deliveries of a webhook, the newest first.
   *
   * @param state null: all
   * @param before the id to start before; null: the newest
   */
  public List<Delivery> list(
      UUID webhook, @Nullable String state, @Nullable UUID before, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM webhook_delivery
            WHERE webhook_id = :webhook AND (:state::text IS NULL OR state = :state)
              AND (:before::uuid IS NULL OR id < :before)
            ORDER BY id DESC LIMIT :limit
            """)
        .param("webhook", webhook)
        .param("state", state)
        .param("before", before)
        .param("limit", limit)
        .query(WebhookDeliveries::read)
        .list();
  }

  /** A delivery of a webhook. */
  public Optional<Delivery> find(UUID webhook, UUID id) {
    return jdbc.sql("SELECT * FROM webhook_delivery WHERE webhook_id = :webhook AND id = :id")
        .param("webhook", webhook)
        .param("id", id)
        .query(WebhookDeliveries::read)
        .optional();
  }

  /** The attempts of a delivery, in their order. */
  public List<Attempt> attempts(UUID delivery) {
    return jdbc.sql("SELECT * FROM webhook_attempt WHERE delivery_id = :delivery ORDER BY number")
        .param("delivery", delivery)
        .query(
            (row, number) ->
                new Attempt(
                    row.getInt("number"),
                    row.getTimestamp("at").toInstant(),
                    row.getString("url"),
                    Duration.ofMillis(row.getInt("millis")),
                    row.getObject("status", Integer.class),
                    row.getString("answer"),
                    row.getString("error"),
                    row.getString("decision")))
        .list();
  }

  /**
   * The body of a delivery's requests; empty if the event was deleted.
   *
   * @param connectLinks whether the reader may see connect links
   */
  public Optional<String> body(Delivery delivery, boolean connectLinks) {
    boolean sent =
        connectLinks
            && jdbc.sql("SELECT connect_links FROM webhook WHERE id = :id")
                .param("id", delivery.webhook())
                .query(Boolean.class)
                .optional()
                .orElse(false);
    return events.find(List.of(delivery.event())).stream()
        .findFirst()
        .map(event -> new String(payload.of(event, sent), StandardCharsets.UTF_8));
  }

  /**
   * The result of a replay.
   *
   * @param deliveries how many were created
   * @param next the position after which to continue; null if there are no more events
   */
  public record Replayed(int deliveries, @Nullable Long next) {}

  /**
   * Delivers earlier events again, after those that wait. Only events that match the webhook,
   * including those from before it was created. Events whose delivery is waiting are left out.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Replayed replay(UUID webhook, Replay replay) {
    List<Long> positions = queue.replay(webhook, replay, MAX_REPLAYED);
    wakeUp.wake();
    boolean more = positions.size() == MAX_REPLAYED;
    return new Replayed(positions.size(), more ? positions.get(positions.size() - 1) : null);
  }

  private static Delivery read(ResultSet row, int number) throws SQLException {
    String state = row.getString("state");
    return new Delivery(
        row.getObject("id", UUID.class),
        row.getObject("webhook_id", UUID.class),
        row.getObject("event_id", UUID.class),
        row.getLong("position"),
        row.getString("type"),
        row.getObject("order_key", UUID.class),
        row.getBoolean("replay"),
        state,
        row.getInt("attempts"),
        state.equals("waiting") ? SqlTimestamps.read(row, "due_at") : null,
        row.getString("last_error"),
        row.getTimestamp("created_at").toInstant(),
        SqlTimestamps.read(row, "ended_at"));
  }
}
