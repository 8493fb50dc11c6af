package org.byoemail.outbound;

import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.MessageId;
import org.byoemail.mail.Times;
import org.byoemail.outbound.OutgoingMail.Transport;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of attempts, as sending writes them. */
@Repository
class AttemptRows {
  /**
   * What is known when a try begins.
   *
   * @param recipients all of the try
   * @param suppressed those of them that nothing may be sent to
   */
  record Begun(
      String submissionId,
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

  private final JdbcClient jdbc;
  private final Clock clock;

  AttemptRows(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Begins the try: the attempt, its recipients and the status of its message are sending. Empty
   * where the claim was lost, or the attempt is under way already.
   */
  Optional<Begun> begin(Claim claim, @Nullable String provider) {
    return jdbc.sql(
            """
            WITH begun AS (
              UPDATE outbound_message_attempt a SET status = 'SENDING', provider = :provider,
                  sending_at = :now, error = NULL, error_code = NULL, smtp_reply = NULL
                FROM outbound_delivery d
                WHERE d.message_id = :message AND d.claim_token = :token AND a.id = d.attempt_id
                  AND a.status = 'QUEUED'
                RETURNING a.id, a.message_id),
            recipients AS (
              UPDATE message_recipient r SET status = 'sending', attempt_id = begun.id, updated_at = :now
                FROM begun WHERE r.message_id = begun.message_id AND r.status IN ('queued', 'deferred')
                RETURNING r.address),
            submission AS (
              UPDATE outbound_submission s SET status = 'sending'
                FROM begun WHERE s.message_id = begun.message_id
                RETURNING s.submission_id, s.request_delivery_report, s.organization)
            SELECT submission.*, ARRAY(SELECT address FROM recipients ORDER BY address) AS addresses,
                ARRAY(SELECT r.address FROM recipients r JOIN suppression x ON x.address = r.address
                  WHERE x.organization = submission.organization
                    AND (x.expires_at IS NULL OR x.expires_at > :now) ORDER BY r.address) AS suppressed
              FROM submission
            """)
        .param("message", claim.message())
        .param("token", claim.token())
        .param("provider", provider)
        .param("now", Times.parameter(clock.instant()))
        .query(
            (row, number) ->
                new Begun(
                    row.getString("submission_id"),
                    row.getBoolean("request_delivery_report"),
                    addresses(row, "addresses"),
                    addresses(row, "suppressed")))
        .optional();
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

  /** Ends a try. What a report told before is not undone by it. */
  void end(AttemptId attempt, Ending ending) {
    AttemptState before = existing(attempt).state();
    AttemptState after =
        before == AttemptState.QUEUED || before == AttemptState.SENDING
            ? before.become(ending.state())
            : before;
    jdbc.sql(
            """
            UPDATE outbound_message_attempt SET status = :status, outcome = :outcome,
              smtp_reply = coalesce(:reply, smtp_reply), error_code = coalesce(:code, error_code),
              error = coalesce(:error, error),
              sent_at = CASE WHEN :ended = 'SENT' THEN :now ELSE sent_at END,
              failed_at = CASE WHEN :ended = 'FAILED' THEN :now ELSE failed_at END
            WHERE id = :id
            """)
        .param("id", attempt.value())
        .param("status", after.name())
        .param("ended", ending.state().name())
        .param("outcome", ending.outcome())
        .param("reply", ending.smtpReply())
        .param("code", ending.errorCode())
        .param("error", ending.error())
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  /** It was no try: the attempt waits again, and says why. */
  void requeue(AttemptId attempt, @Nullable String errorCode, String error) {
    existing(attempt).state().become(AttemptState.QUEUED);
    jdbc.sql(
            """
            UPDATE outbound_message_attempt SET status = 'QUEUED', provider = NULL, sending_at = NULL,
              error_code = :code, error = :error
            WHERE id = :id
            """)
        .param("id", attempt.value())
        .param("code", errorCode)
        .param("error", error)
        .update();
  }

  /** A further try, which waits. */
  AttemptId next(UUID message, int tryNumber) {
    AttemptId next = AttemptId.next();
    jdbc.sql(
            """
            INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
            VALUES (:id, :message, :tryNumber, 'QUEUED', :now)
            """)
        .param("id", next.value())
        .param("message", message)
        .param("tryNumber", tryNumber)
        .param("now", Times.parameter(clock.instant()))
        .update();
    return next;
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

  private Locked existing(AttemptId attempt) {
    return lock(attempt).orElseThrow(() -> new IllegalStateException("no attempt " + attempt));
  }

  /** An attempt and its message. */
  record Sent(AttemptId attempt, UUID message) {}

  private static final String SENT =
      """
      SELECT a.id, a.message_id FROM outbound_message_attempt a JOIN message m ON m.id = a.message_id
      JOIN agent_email_account x ON x.endpoint_id = m.endpoint_id
      WHERE x.id = :account AND a.provider IN ('smtp', 'relay')
      """;

  /** The attempt of that id, if it left through that account. */
  Optional<Sent> sent(AccountId account, AttemptId attempt) {
    return jdbc.sql(SENT + " AND a.id = :attempt")
        .param("account", account.value())
        .param("attempt", attempt.value())
        .query(AttemptRows::sent)
        .optional();
  }

  /** The newest attempt, through that account, of the message with that Message-ID. */
  Optional<Sent> sent(AccountId account, MessageId messageId) {
    return jdbc.sql(
            SENT
                + " AND m.id IN (SELECT id FROM message WHERE rfc_message_id = :messageId UNION ALL"
                + " SELECT message_id FROM message_rfc_id WHERE rfc_message_id = :messageId)"
                + " AND m.direction = 'outbound'"
                + " AND a.status <> 'QUEUED' ORDER BY a.try_number DESC LIMIT 1")
        .param("account", account.value())
        .param("messageId", messageId.value())
        .query(AttemptRows::sent)
        .optional();
  }

  /** A report moves an attempt on; what the graph does not allow stays as it was. */
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
              failed_at = CASE WHEN :failed THEN :now ELSE failed_at END,
              delivered_at = CASE WHEN :failed THEN delivered_at ELSE :now END
            WHERE id = :id
            """)
        .param("id", attempt.value())
        .param("status", state.name())
        .param("failed", state == AttemptState.FAILED)
        .param("code", result.enhancedStatus())
        .param("error", result.diagnostic())
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  private static List<EmailAddress> addresses(java.sql.ResultSet row, String column)
      throws java.sql.SQLException {
    return Arrays.stream((String[]) row.getArray(column).getArray())
        .map(EmailAddress::new)
        .toList();
  }

  private static Sent sent(java.sql.ResultSet row, int number) throws java.sql.SQLException {
    return new Sent(
        new AttemptId(row.getObject("id", UUID.class)), row.getObject("message_id", UUID.class));
  }
}
