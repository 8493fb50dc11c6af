package org.byoemail.outbound;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows that make a stored message one that is to leave. */
@Repository
class SubmissionRows {

  private final JdbcClient jdbc;

  SubmissionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** One that was accepted before. */
  record Earlier(UUID messageId, String digest) {}

  Optional<Earlier> find(String organization, String submissionId) {
    return jdbc.sql(
            """
            SELECT message_id, body_sha256 FROM outbound_submission
            WHERE organization = :organization AND submission_id = :id
            """)
        .param("organization", organization)
        .param("id", submissionId)
        .query(
            (row, number) ->
                new Earlier(
                    row.getObject("message_id", UUID.class),
                    HexFormat.of().formatHex(row.getBytes("body_sha256"))))
        .optional();
  }

  /**
   * Takes the submission's id for a message that is stored later in the same transaction. Waits for
   * another transaction that is about to take it.
   *
   * @return false where it is taken
   */
  boolean register(
      UUID messageId,
      String submissionId,
      Sender sender,
      Submission submission,
      Instant expiresAt,
      Instant now) {
    return jdbc.sql(
                """
                INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256, priority,
                  send_at, expires_at, auto_submitted, request_delivery_report, accepted_at)
                VALUES (:message, :organization, :id, :digest, :priority,
                  :sendAt, :expiresAt, :autoSubmitted, :requestDeliveryReport, :now)
                ON CONFLICT (organization, submission_id) DO NOTHING
                """)
            .param("message", messageId)
            .param("organization", sender.organization())
            .param("id", submissionId)
            .param("digest", HexFormat.of().parseHex(submission.digest()))
            .param("priority", submission.priority())
            .param("sendAt", Times.parameter(submission.sendAt()))
            .param("expiresAt", Times.parameter(expiresAt))
            .param("autoSubmitted", submission.autoSubmitted())
            .param("requestDeliveryReport", submission.requestDeliveryReport())
            .param("now", Times.parameter(now))
            .update()
        == 1;
  }

  /**
   * Stores recipients, first attempt and delivery of a stored message.
   *
   * @return those recipients that are suppressed: they are stored as failed
   */
  List<EmailAddress> queue(
      UUID messageId,
      AttemptId attempt,
      String organization,
      Map<EmailAddress, String> recipients,
      @Nullable UUID account,
      int priority,
      Instant dueAt,
      Instant now) {
    return jdbc.sql(
            """
            WITH attempt AS (
              INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
              VALUES (:attempt, :message, 1, 'QUEUED', :now)
            ), recipients AS (
              INSERT INTO message_recipient (message_id, address, kind, status, updated_at)
              SELECT :message, r.address, r.kind, CASE WHEN s.id IS NULL THEN 'queued' ELSE 'failed' END, :now
              FROM unnest(:addresses::text[], :kinds::text[]) AS r (address, kind)
                LEFT JOIN suppression s ON s.organization = :organization AND s.address = r.address
                  AND (s.expires_at IS NULL OR s.expires_at > :now)
              RETURNING address, status
            ), delivery AS (
              INSERT INTO outbound_delivery (message_id, account_id, attempt_id, try_number, priority, due_at, due)
              VALUES (:message, :account, :attempt, 1, :priority, :dueAt, :dueAt <= CAST(:now AS timestamptz))
            )
            SELECT address FROM recipients WHERE status = 'failed' ORDER BY address
            """)
        .param("attempt", attempt.value())
        .param("organization", organization)
        .param("message", messageId)
        .param(
            "addresses",
            recipients.keySet().stream().map(EmailAddress::value).toArray(String[]::new))
        .param("kinds", recipients.values().toArray(String[]::new))
        .param("account", account)
        .param("priority", priority)
        .param("dueAt", Times.parameter(dueAt))
        .param("now", Times.parameter(now))
        .query((row, number) -> new EmailAddress(row.getString("address")))
        .list();
  }
}
