package org.byoemail.outbound.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.event.Events;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The rows of recipients, and the status of a message, which is derived from them. It begins as
 * queued, and is sending while an attempt is under way ({@link AttemptRows#begin}); every other
 * status is derived here.
 */
@Repository
class Recipients {
  /**
   * A new state of a recipient.
   *
   * @param code an enhanced status, a reply code, or a code of this gateway
   */
  record Change(
      EmailAddress address,
      RecipientStatus state,
      @Nullable String code,
      @Nullable String diagnostic) {
    /** The code, if it is an enhanced status (RFC 3463). */
    @Nullable String enhancedStatus() {
      return code != null && ENHANCED_STATUS.matcher(code).matches() ? code : null;
    }
  }

  private static final Pattern ENHANCED_STATUS = Pattern.compile("[245]\\.\\d{1,3}\\.\\d{1,3}");

  /** A recipient as it is stored. */
  record Row(EmailAddress address, RecipientStatus state, @Nullable AttemptId attempt) {}

  /** The states of recipients, some of which the same statement has changed. */
  private static final String STATES =
      """
      SELECT r.message_id, array_agg(DISTINCT coalesce(changed.status, r.status)) AS states
        FROM message_recipient r LEFT JOIN changed USING (message_id, address)
        WHERE r.message_id = ANY (:of) GROUP BY r.message_id
      """;

  private final JdbcClient jdbc;

  Recipients(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Locks messages, in the order of their ids. Every transaction that changes the state of messages
   * does it before it touches any other of their rows, so that no two of them deadlock.
   *
   * @return how many of them exist
   */
  int lockMessages(Collection<StoredMessageId> messages) {
    return jdbc.sql(
            """
            SELECT message_id FROM outbound_submission WHERE message_id = ANY (:messages)
            ORDER BY message_id FOR NO KEY UPDATE
            """)
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(UUID.class)
        .list()
        .size();
  }

  /** The recipients of a message, by address. */
  List<Row> of(StoredMessageId message) {
    return of(List.of(message)).getOrDefault(message, List.of());
  }

  /** The recipients of several messages, each by address. */
  Map<StoredMessageId, List<Row>> of(Collection<StoredMessageId> messages) {
    Map<StoredMessageId, List<Row>> found = new HashMap<>();
    jdbc.sql(
            """
            SELECT message_id, address, status, attempt_id FROM message_recipient
            WHERE message_id = ANY (:messages) ORDER BY message_id, address
            """)
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(
            row -> {
              UUID attempt = row.getObject("attempt_id", UUID.class);
              found
                  .computeIfAbsent(
                      new StoredMessageId(row.getObject("message_id", UUID.class)),
                      message -> new ArrayList<>())
                  .add(
                      new Row(
                          new EmailAddress(row.getString("address")),
                          RecipientStatus.of(row.getString("status")),
                          attempt == null ? null : new AttemptId(attempt)));
            });
    return found;
  }

  /**
   * Changes the states of some recipients, and the status of their message.
   *
   * @param from which states may be left; a recipient in another one stays as it is
   * @return the status that the message has now
   */
  MessageStatus change(
      StoredMessageId message, Predicate<RecipientStatus> from, List<Change> changes) {
    return Objects.requireNonNull(change(from, Map.of(message, changes)).get(message));
  }

  /** The same for several messages. */
  Map<StoredMessageId, MessageStatus> change(
      Predicate<RecipientStatus> from, Map<StoredMessageId, List<Change>> changes) {
    return written(changeOnly(from, changes));
  }

  /**
   * As {@link #change(Predicate, Map)}, without writing the statuses of the messages, which the
   * caller writes. Takes the locks for events of the messages.
   */
  Map<StoredMessageId, MessageStatus> changeOnly(
      Predicate<RecipientStatus> from, Map<StoredMessageId, List<Change>> changes) {
    List<StoredMessageId> messages = new ArrayList<>();
    List<Change> all = new ArrayList<>();
    changes.forEach(
        (message, some) ->
            some.forEach(
                change -> {
                  messages.add(message);
                  all.add(change);
                }));
    return statuses(
        jdbc.sql(
                """
                WITH changed AS (
                  UPDATE message_recipient r SET status = c.status, updated_at = statement_timestamp(),
                    enhanced_status = coalesce(c.enhanced_status, r.enhanced_status),
                    diagnostic = coalesce(c.diagnostic, r.diagnostic)
                  FROM unnest(:messages::uuid[], :addresses::text[], :states::text[], :enhanced::text[],
                      :diagnostics::text[])
                    AS c (message_id, address, status, enhanced_status, diagnostic)
                  WHERE r.message_id = c.message_id AND r.address = c.address
                    AND r.status = ANY (:from::text[])
                  RETURNING r.message_id, r.address, r.status)
                """
                    + "SELECT states.*, %s FROM (%s ORDER BY r.message_id OFFSET 0) states"
                        .formatted(Events.lockOf("states.message_id"), STATES))
            .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .param("of", changes.keySet().stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .param("addresses", all.stream().map(c -> c.address().value()).toArray(String[]::new))
            .param("states", all.stream().map(c -> c.state().word()).toArray(String[]::new))
            .param("enhanced", all.stream().map(Change::enhancedStatus).toArray(String[]::new))
            .param("diagnostics", all.stream().map(Change::diagnostic).toArray(String[]::new))
            .param("from", RecipientStatus.words(from)));
  }

  /**
   * Queues the recipients of claims that were no attempts.
   *
   * @return the statuses that the messages have now
   */
  Map<StoredMessageId, MessageStatus> requeue(List<Claim> claims) {
    if (claims.isEmpty()) {
      return Map.of();
    }
    UUID[] messages = claims.stream().map(claim -> claim.message().value()).toArray(UUID[]::new);
    return derived(
        jdbc.sql(
                """
                WITH changed AS (
                  UPDATE message_recipient r SET status = c.waiting, attempt_id = NULL, updated_at = statement_timestamp()
                  FROM unnest(:messages::uuid[], :waiting::text[]) AS c (message_id, waiting)
                  WHERE r.message_id = c.message_id AND r.status = ANY (:from::text[])
                  RETURNING r.message_id, r.address, r.status)
                """
                    + STATES)
            .param("messages", messages)
            .param("of", messages)
            .param("from", RecipientStatus.words(RecipientStatus::canBeSettled))
            .param(
                "waiting",
                claims.stream()
                    .map(
                        claim ->
                            claim.attemptNumber() > 1
                                ? RecipientStatus.DEFERRED
                                : RecipientStatus.QUEUED)
                    .map(RecipientStatus::word)
                    .toArray(String[]::new)));
  }

  /**
   * Moves all recipients of a message that have one of the given states.
   *
   * @return the status that the message has now
   */
  MessageStatus move(StoredMessageId message, Predicate<RecipientStatus> from, RecipientStatus to) {
    jdbc.sql(
            """
            UPDATE message_recipient SET status = :to, enhanced_status = NULL, diagnostic = NULL, updated_at = statement_timestamp()
            WHERE message_id = :id AND status = ANY (:from::text[])
            """)
        .param("id", message.value())
        .param("from", RecipientStatus.words(from))
        .param("to", to.word())
        .update();
    return derive(message);
  }

  /** The addresses of the recipients with one of the given states, in the order to, cc, bcc. */
  List<EmailAddress> addresses(StoredMessageId message, Predicate<RecipientStatus> in) {
    return jdbc.sql(
            """
            SELECT address FROM message_recipient WHERE message_id = :id AND status = ANY (:in::text[])
            ORDER BY array_position(ARRAY['to', 'cc', 'bcc'], kind), address
            """)
        .param("id", message.value())
        .param("in", RecipientStatus.words(in))
        .query((row, number) -> new EmailAddress(row.getString("address")))
        .list();
  }

  /** The status of a message, derived from its recipients. */
  MessageStatus status(StoredMessageId message) {
    return MessageStatus.of(of(message).stream().map(Row::state).toList());
  }

  /** Writes the status of a message. */
  MessageStatus derive(StoredMessageId message) {
    return Objects.requireNonNull(derive(List.of(message)).get(message));
  }

  /** The same for several messages. */
  Map<StoredMessageId, MessageStatus> derive(Collection<StoredMessageId> messages) {
    if (messages.isEmpty()) {
      return Map.of();
    }
    return derived(
        jdbc.sql(
                """
                SELECT message_id, array_agg(DISTINCT status) AS states FROM message_recipient
                WHERE message_id = ANY (:messages) GROUP BY message_id
                """)
            .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new)));
  }

  /** Writes the statuses of messages, given a query of the states of their recipients. */
  private Map<StoredMessageId, MessageStatus> derived(JdbcClient.StatementSpec states) {
    return written(statuses(states));
  }

  private static Map<StoredMessageId, MessageStatus> statuses(JdbcClient.StatementSpec states) {
    Map<StoredMessageId, MessageStatus> statuses = new HashMap<>();
    states.query(
        row -> {
          statuses.put(
              new StoredMessageId(row.getObject("message_id", UUID.class)),
              MessageStatus.of(
                  Arrays.stream((String[]) row.getArray("states").getArray())
                      .map(RecipientStatus::of)
                      .toList()));
        });
    return statuses;
  }

  private Map<StoredMessageId, MessageStatus> written(
      Map<StoredMessageId, MessageStatus> statuses) {
    if (statuses.isEmpty()) {
      return statuses;
    }
    jdbc.sql(
            """
            UPDATE outbound_submission s SET status = d.status
            FROM unnest(:messages::uuid[], :statuses::text[]) AS d (message_id, status)
            WHERE s.message_id = d.message_id AND s.status <> d.status
            """)
        .param(
            "messages", statuses.keySet().stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .param(
            "statuses", statuses.values().stream().map(MessageStatus::word).toArray(String[]::new))
        .update();
    return statuses;
  }
}
