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
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of attempts, as sending writes them: of many messages with one statement. */
@Repository
class AttemptRows {
  /**
   * A try that is to begin.
   *
   * @param provider by what; null where there is nothing to send by
   */
  record Start(Claim claim, @Nullable String provider) {}

  /**
   * What is known when a try begins.
   *
   * @param recipients all of the try
   * @param suppressed those of them that nothing may be sent to
   */
  record Begun(
      boolean requestDeliveryReport,
      List<EmailAddress> recipients,
      List<EmailAddress> suppressed) {}

  /**
   * As it is stored.
   *
   * @param provider null before it began, and where there is nothing to send by
   */
  record Locked(AttemptState state, @Nullable String provider) {}

  /** How a try ended. */
  record Ending(
      AttemptState state,
      String outcome,
      @Nullable String smtpReply,
      @Nullable String errorCode,
      @Nullable String error) {}

  /** An attempt and how it ended. */
  record Ended(AttemptId attempt, Ending ending) {}

  /** Why an attempt waits again. */
  record Requeued(AttemptId attempt, @Nullable String errorCode, String error) {}

  /** A further try, which waits. */
  record Next(AttemptId attempt, UUID message, int tryNumber) {}

  private final JdbcClient jdbc;

  AttemptRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Begins tries: each attempt, its recipients and the status of its message are sending. By
   * message; those whose claim was lost are left out. Beginning one again under the same claim
   * changes nothing: where the answer of the database was lost, it can be asked anew.
   */
  Map<UUID, Begun> begin(List<Start> starts) {
    Map<UUID, Begun> begun = new HashMap<>();
    jdbc.sql(
            """
            WITH given AS (
              SELECT * FROM unnest(:messages::uuid[], :tokens::uuid[], :providers::text[])
                AS g (message_id, token, provider)),
            -- The delivery too: whoever has waited here sees then whether the claim is still there.
            gate AS MATERIALIZED (
              SELECT s.message_id, d.attempt_id, given.provider
                FROM given JOIN outbound_submission s ON s.message_id = given.message_id
                  JOIN outbound_delivery d ON d.message_id = given.message_id AND d.claim_token = given.token
                ORDER BY s.message_id FOR NO KEY UPDATE OF s, d),
            begun AS (
              UPDATE outbound_message_attempt a SET status = 'SENDING', provider = gate.provider,
                  sending_at = statement_timestamp(), error = NULL, error_code = NULL, smtp_reply = NULL
                FROM gate WHERE a.id = gate.attempt_id AND a.status IN ('QUEUED', 'SENDING')
                RETURNING a.id, a.message_id),
            recipients AS (
              UPDATE message_recipient r SET status = 'sending', attempt_id = begun.id, updated_at = statement_timestamp()
                FROM begun WHERE r.message_id = begun.message_id
                  AND (r.status IN ('queued', 'deferred') OR r.status = 'sending' AND r.attempt_id = begun.id)
                RETURNING r.message_id, r.address),
            submission AS (
              UPDATE outbound_submission s SET status = 'sending'
                FROM begun WHERE s.message_id = begun.message_id
                RETURNING s.message_id, s.request_delivery_report, s.organization)
            SELECT submission.*, ARRAY(SELECT address FROM recipients
                WHERE recipients.message_id = submission.message_id ORDER BY address) AS addresses,
                ARRAY(SELECT r.address FROM recipients r JOIN suppression x ON x.address = r.address
                  WHERE r.message_id = submission.message_id AND x.organization = submission.organization
                    AND (x.expires_at IS NULL OR x.expires_at > statement_timestamp()) ORDER BY r.address) AS suppressed
              FROM submission
            """)
        .param("messages", uuids(starts, start -> start.claim().message()))
        .param("tokens", uuids(starts, start -> start.claim().token()))
        .param("providers", texts(starts, Start::provider))
        .query(
            row -> {
              begun.put(
                  row.getObject("message_id", UUID.class),
                  new Begun(
                      row.getBoolean("request_delivery_report"),
                      addresses(row, "addresses"),
                      addresses(row, "suppressed")));
            });
    return begun;
  }

  /** The state of an attempt, which is locked for the rest of the transaction. */
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

  /** Ends tries. What a report told before is not undone by it. */
  void end(List<Ended> tries) {
    if (tries.isEmpty()) {
      return;
    }
    int found =
        jdbc.sql(
                """
                UPDATE outbound_message_attempt a SET
                  status = CASE WHEN a.status IN ('QUEUED', 'SENDING') THEN e.status ELSE a.status END,
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
            .update();
    if (found != tries.size()) {
      throw new IllegalStateException("not all of these attempts exist: " + tries);
    }
  }

  /** These were no tries: their attempts wait again, and say why. */
  void requeue(List<Requeued> attempts) {
    if (attempts.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_message_attempt a SET status = 'QUEUED', provider = NULL, sending_at = NULL,
              error_code = r.code, error = r.error
            FROM unnest(:ids::uuid[], :codes::text[], :errors::text[]) AS r (id, code, error)
            WHERE a.id = r.id AND a.status = 'SENDING'
            """)
        .param("ids", uuids(attempts, requeued -> requeued.attempt().value()))
        .param("codes", texts(attempts, Requeued::errorCode))
        .param("errors", texts(attempts, Requeued::error))
        .update();
  }

  /** Stores further tries, which wait. */
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
        .param("messages", uuids(tries, Next::message))
        .param("numbers", tries.stream().map(Next::tryNumber).toArray(Integer[]::new))
        .update();
  }

  /** What the message left by, where a server has taken it for some, or may have. */
  Optional<Transport> fixedTransport(UUID message) {
    return jdbc.sql(
            """
            SELECT provider FROM outbound_message_attempt
            WHERE message_id = :message AND outcome IN ('accepted', 'unknown') AND provider IS NOT NULL
            ORDER BY try_number DESC LIMIT 1
            """)
        .param("message", message)
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
        .map(EmailAddress::new)
        .toList();
  }
}
