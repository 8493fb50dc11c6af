package org.byoemail.outbound.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of attempts, as sending writes them: many messages with one statement. */
@Repository
class AttemptRows {
  /**
   * An attempt that is to begin.
   *
   * @param provider the transport; null if absent
   */
  record Start(Claim claim, @Nullable String provider) {}

  /**
   * An attempt that has begun.
   *
   * @param recipients all recipients of the attempt
   * @param suppressed the suppressed ones among them
   * @param trace the span that accepted the message; null if absent
   */
  record StartedAttempt(
      boolean requestDeliveryReport,
      List<EmailAddress> recipients,
      List<EmailAddress> suppressed,
      @Nullable TraceParent trace) {}

  /**
   * An attempt as it is stored.
   *
   * @param provider the transport; null before it began, or without a transport
   */
  record Locked(AttemptState state, @Nullable String provider) {}

  /** How an attempt ended. */
  record Ending(
      AttemptState state,
      String outcome,
      @Nullable String smtpReply,
      @Nullable String errorCode,
      @Nullable String error) {}

  /** An attempt and how it ended. */
  record Ended(AttemptId attempt, Ending ending) {}

  /** An attempt that waits again, and why. */
  record Requeued(AttemptId attempt, @Nullable String errorCode, String error) {}

  /** A further attempt, which waits. */
  record Next(AttemptId attempt, StoredMessageId message, int attemptNumber) {}

  private final JdbcClient jdbc;

  AttemptRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Begins attempts: each attempt, its recipients and its message become sending. The result is by
   * message, without those whose claim was lost or whose sender is stopped. Idempotent under the
   * same claim.
   */
  Map<StoredMessageId, StartedAttempt> begin(List<Start> starts) {
    Map<StoredMessageId, StartedAttempt> begun = new HashMap<>();
    jdbc.sql(
            """
            WITH given AS (
              SELECT * FROM unnest(:messages::uuid[], :tokens::uuid[], :providers::text[])
                AS g (message_id, token, provider)),
            -- The delivery too: after a wait for the lock its claim may be gone.
            gate AS MATERIALIZED (
              SELECT s.message_id, d.attempt_id, given.provider
                FROM given JOIN outbound_submission s ON s.message_id = given.message_id
                  JOIN outbound_delivery d ON d.message_id = given.message_id AND d.claim_token = given.token
                WHERE NOT (SELECT EXISTS (SELECT 1 FROM sending_stop)) OR NOT EXISTS (
                  SELECT 1 FROM message m JOIN endpoint e ON e.id = m.endpoint_id
                    WHERE m.id = s.message_id AND %s)
                ORDER BY s.message_id FOR NO KEY UPDATE OF s, d),
            begun AS (
              UPDATE outbound_message_attempt a SET status = 'SENDING', provider = gate.provider,
                  sending_at = statement_timestamp(), error = NULL, error_code = NULL, smtp_reply = NULL
                FROM gate WHERE a.id = gate.attempt_id AND a.status = ANY (:attemptsFrom::text[])
                RETURNING a.id, a.message_id),
            recipients AS (
              UPDATE message_recipient r SET status = 'sending', attempt_id = begun.id, updated_at = statement_timestamp()
                FROM begun WHERE r.message_id = begun.message_id
                  AND (r.status = ANY (:recipientsFrom::text[]) OR r.status = 'sending' AND r.attempt_id = begun.id)
                RETURNING r.message_id, r.address, coalesce(r.mailbox, r.address) AS mailbox),
            submission AS (
              UPDATE outbound_submission s SET status = 'sending'
                FROM begun WHERE s.message_id = begun.message_id
                RETURNING s.message_id, s.request_delivery_report, s.organization, s.traceparent)
            SELECT submission.*, ARRAY(SELECT mailbox FROM recipients
                WHERE recipients.message_id = submission.message_id ORDER BY address) AS mailboxes,
                ARRAY(SELECT r.address FROM recipients r JOIN suppression x ON x.address = r.address
                  WHERE r.message_id = submission.message_id AND x.organization = submission.organization
                    AND %s
                  UNION SELECT r.address FROM recipients r
                    JOIN unsubscription u ON u.organization = submission.organization AND u.address = r.address
                    JOIN message m ON m.id = r.message_id
                    JOIN endpoint e ON e.id = m.endpoint_id AND e.owner_agent_id = u.agent_id
                  WHERE r.message_id = submission.message_id ORDER BY 1) AS suppressed
              FROM submission
            """
                .formatted(
                    SendingStops.stops("m.organization", "e.owner_agent_id"),
                    Suppressions.active("x")))
        .param("messages", uuids(starts, start -> start.claim().message().value()))
        .param("tokens", uuids(starts, start -> start.claim().token()))
        .param("providers", texts(starts, Start::provider))
        .param("attemptsFrom", AttemptState.names(AttemptState::canBegin))
        .param("recipientsFrom", RecipientStatus.words(RecipientStatus::canBegin))
        .query(
            row -> {
              begun.put(
                  new StoredMessageId(row.getObject("message_id", UUID.class)),
                  new StartedAttempt(
                      row.getBoolean("request_delivery_report"),
                      addresses(row, "mailboxes"),
                      addresses(row, "suppressed"),
                      TraceParent.parse(row.getString("traceparent"))));
            });
    return begun;
  }

  /** Locks an attempt for the rest of the transaction. */
  Optional<Locked> lock(AttemptId attempt) {
    return jdbc.sql(
            "SELECT status, provider FROM outbound_message_attempt WHERE id = :id FOR UPDATE")
        .param("id", attempt.value())
        .query(
            (row, number) ->
                new Locked(
                    AttemptState.valueOf(row.getString("status")), row.getString("provider")))
        .optional();
  }

  /** Ends attempts. The state that a report has set before stays. */
  void end(List<Ended> tries) {
    end(tries, List.of(), Map.of());
  }

  /**
   * Ends attempts, and writes what follows from that with the same statement.
   *
   * @param over messages whose deliveries, which the caller has locked, are deleted
   * @param statuses the new statuses of messages that the caller has locked
   */
  void end(
      List<Ended> tries,
      Collection<StoredMessageId> over,
      Map<StoredMessageId, MessageStatus> statuses) {
    if (tries.isEmpty()) {
      return;
    }
    int found =
        jdbc.sql(
                """
                WITH delivery AS (
                  DELETE FROM outbound_delivery WHERE message_id = ANY (:over)),
                submission AS (
                  UPDATE outbound_submission s SET status = d.status
                  FROM unnest(:messages::uuid[], :statuses::text[]) AS d (message_id, status)
                  WHERE s.message_id = d.message_id AND s.status <> d.status)
                UPDATE outbound_message_attempt a SET
                  status = CASE WHEN a.status = ANY (:from::text[]) THEN e.status ELSE a.status END,
                  outcome = e.outcome, smtp_reply = coalesce(e.reply, a.smtp_reply),
                  error_code = coalesce(e.code, a.error_code), error = coalesce(e.error, a.error),
                  sent_at = CASE WHEN e.status = 'SENT' THEN statement_timestamp() ELSE a.sent_at END,
                  failed_at = CASE WHEN e.status = 'FAILED' THEN statement_timestamp() ELSE a.failed_at END
                FROM unnest(:ids::uuid[], :states::text[], :outcomes::text[], :replies::text[],
                  :codes::text[], :errors::text[]) AS e (id, status, outcome, reply, code, error)
                WHERE a.id = e.id
                """)
            .param("ids", uuids(tries, ended -> ended.attempt().value()))
            .param("states", texts(tries, ended -> ended.ending().state().name()))
            .param("outcomes", texts(tries, ended -> ended.ending().outcome()))
            .param("replies", texts(tries, ended -> ended.ending().smtpReply()))
            .param("codes", texts(tries, ended -> ended.ending().errorCode()))
            .param("errors", texts(tries, ended -> ended.ending().error()))
            .param("from", AttemptState.names(AttemptState::canBeSettled))
            .param("over", over.stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .param(
                "messages",
                statuses.keySet().stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .param("statuses", texts(statuses.values(), MessageStatus::word))
            .update();
    if (found != tries.size()) {
      throw new IllegalStateException("not all of these attempts exist: " + tries);
    }
  }

  /** Queues attempts that were no attempts, with the reason. */
  void requeue(List<Requeued> attempts) {
    if (attempts.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_message_attempt a SET status = 'QUEUED', provider = NULL, sending_at = NULL,
              error_code = r.code, error = r.error
            FROM unnest(:ids::uuid[], :codes::text[], :errors::text[]) AS r (id, code, error)
            WHERE a.id = r.id AND a.status = ANY (:from::text[])
            """)
        .param("from", AttemptState.names(state -> state.canBecome(AttemptState.QUEUED)))
        .param("ids", uuids(attempts, requeued -> requeued.attempt().value()))
        .param("codes", texts(attempts, Requeued::errorCode))
        .param("errors", texts(attempts, Requeued::error))
        .update();
  }

  /** Stores further attempts, which wait. */
  void next(List<Next> tries) {
    if (tries.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
            SELECT n.id, n.message_id, n.try_number, 'QUEUED', statement_timestamp()
            FROM unnest(:ids::uuid[], :messages::uuid[], :numbers::int[]) AS n (id, message_id, try_number)
            """)
        .param("ids", uuids(tries, next -> next.attempt().value()))
        .param("messages", uuids(tries, next -> next.message().value()))
        .param("numbers", tries.stream().map(Next::attemptNumber).toArray(Integer[]::new))
        .update();
  }

  /** Records that a queued attempt had succeeded. */
  void found(AttemptId attempt, String how) {
    jdbc.sql(
            """
            UPDATE outbound_message_attempt SET status = 'SENT', provider = 'smtp', outcome = 'accepted', error = :how,
              error_code = 'restored', sent_at = statement_timestamp()
            WHERE id = :id AND status = 'QUEUED'
            """)
        .param("id", attempt.value())
        .param("how", how)
        .update();
  }

  /** Moves an attempt to the state that a report says, if the graph allows it. */
  void reported(AttemptId attempt, AttemptState state, ReportedResult result) {
    Optional<Locked> before = lock(attempt);
    if (before.isEmpty() || !before.get().state().canBecome(state)) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_message_attempt SET status = :status,
              error_code = CASE WHEN :failed THEN :code ELSE error_code END,
              error = CASE WHEN :failed THEN :error ELSE error END,
              failed_at = CASE WHEN :failed THEN statement_timestamp() ELSE failed_at END,
              delivered_at = CASE WHEN :failed THEN delivered_at ELSE statement_timestamp() END
            WHERE id = :id
            """)
        .param("id", attempt.value())
        .param("status", state.name())
        .param("failed", state == AttemptState.FAILED)
        .param("code", result.enhancedStatus())
        .param("error", result.diagnostic())
        .update();
  }

  /** Cancels the queued attempt of a message. */
  AttemptId cancel(StoredMessageId message) {
    return new AttemptId(
        jdbc.sql(
                """
                UPDATE outbound_message_attempt SET status = 'FAILED', outcome = 'cancelled',
                  error = 'cancelled', error_code = 'cancelled', failed_at = statement_timestamp()
                WHERE message_id = :id AND status = 'QUEUED' RETURNING id
                """)
            .param("id", message.value())
            .query(UUID.class)
            .single());
  }

  /** The queued attempt of a message, stored if the last one is over. */
  AttemptId queued(StoredMessageId message) {
    return new AttemptId(
        jdbc.sql(
                "SELECT id FROM outbound_message_attempt WHERE message_id = :id AND status = 'QUEUED'")
            .param("id", message.value())
            .query(UUID.class)
            .optional()
            .orElseGet(() -> storeNext(message)));
  }

  private UUID storeNext(StoredMessageId message) {
    return jdbc.sql(
            """
            INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
            SELECT :attempt, :id, max(try_number) + 1, 'QUEUED', statement_timestamp()
            FROM outbound_message_attempt WHERE message_id = :id
            RETURNING id
            """)
        .param("attempt", AttemptId.next().value())
        .param("id", message.value())
        .query(UUID.class)
        .single();
  }

  /** The transport of the message, once a server has accepted it for a recipient, or may have. */
  Optional<Transport> fixedTransport(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT provider FROM outbound_message_attempt
            WHERE message_id = :message AND outcome IN ('accepted', 'unknown') AND provider IS NOT NULL
            ORDER BY try_number DESC LIMIT 1
            """)
        .param("message", message.value())
        .query(String.class)
        .optional()
        .map(Transport::of);
  }

  private static <T> UUID[] uuids(Collection<T> items, Function<T, UUID> field) {
    return items.stream().map(field).toArray(UUID[]::new);
  }

  private static <T> String[] texts(Collection<T> items, Function<T, @Nullable String> field) {
    return items.stream().map(field).toArray(String[]::new);
  }

  private static List<EmailAddress> addresses(ResultSet row, String column) throws SQLException {
    return Arrays.stream((String[]) row.getArray(column).getArray())
        .map(EmailAddress::ofMailbox)
        .toList();
  }
}
