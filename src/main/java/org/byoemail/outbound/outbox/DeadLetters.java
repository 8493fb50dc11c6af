package org.byoemail.outbound.outbox;

import java.io.ByteArrayInputStream;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.outbound.submission.RejectedSubmissions;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.submission.SubmittedBy;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What failed for good, the newest first, with an explanation; it can be sent again. Safe for use
 * by many threads and nodes.
 */
@Repository
public class DeadLetters {
  private static final String SELECT =
      """
      SELECT * FROM (
        SELECT m.id, true AS message, m.organization, s.submission_id, m.from_address, m.subject, s.status,
          NULL AS reason, true AS resendable, m.created_at,
          ARRAY(SELECT r.address || E'\\t' || r.status || E'\\t' || left(coalesce(r.diagnostic, ''), 500)
            FROM message_recipient r WHERE r.message_id = m.id AND r.status IN ('failed', 'expired')
            ORDER BY r.address) AS lost,
          (SELECT count(*) FROM message_recipient r WHERE r.message_id = m.id) AS recipients,
          (SELECT left(a.error, 500) FROM outbound_message_attempt a
            WHERE a.message_id = m.id AND a.error IS NOT NULL AND a.outcome IS DISTINCT FROM 'expired'
            ORDER BY a.try_number DESC LIMIT 1) AS last_error
        FROM unnest(ARRAY['failed', 'partially_failed', 'expired']) AS lost (status)
          CROSS JOIN LATERAL (
            SELECT o.message_id, coalesce(o.forgotten_id, o.submission_id) AS submission_id, o.status FROM outbound_submission o
            WHERE o.status = lost.status AND (:organization::text IS NULL OR o.organization = :organization)
              AND (:before::uuid IS NULL OR o.message_id < :before) AND (:id::uuid IS NULL OR o.message_id = :id)
            ORDER BY o.message_id DESC LIMIT :limit) s
          JOIN message m ON m.id = s.message_id
        UNION ALL
        SELECT r.id, false, r.organization, r.submission_id, NULL, NULL, 'rejected', left(r.reason, 2000), r.body IS NOT NULL,
          r.created_at, '{}', 0, NULL
        FROM rejected_submission r
        WHERE (:organization::text IS NULL OR r.organization = :organization)
          AND (:before::uuid IS NULL OR r.id < :before) AND (:id::uuid IS NULL OR r.id = :id)
      ) found ORDER BY id DESC LIMIT :limit
      """;

  private final JdbcClient jdbc;
  private final Outbox outbox;
  private final RejectedSubmissions rejected;
  private final SubmissionReader reader;
  private final Submissions submissions;
  private final AuditLog audit;

  DeadLetters(
      JdbcClient jdbc,
      Outbox outbox,
      RejectedSubmissions rejected,
      SubmissionReader reader,
      Submissions submissions,
      AuditLog audit) {
    this.audit = audit;
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.rejected = rejected;
    this.reader = reader;
    this.submissions = submissions;
  }

  /**
   * What failed, the newest first.
   *
   * @param organization null for all organisations
   * @param before the id after which the page starts; null for the first page
   */
  public List<DeadLetter> list(
      @Nullable OrganizationId organization, @Nullable UUID before, int limit) {
    return query(organization, before, null, limit);
  }

  /** The dead letter of that id; empty if it did not fail, or was sent again. */
  public Optional<DeadLetter> find(UUID id) {
    return query(null, null, id, 1).stream().findFirst();
  }

  /**
   * Sends it again: a message to those that it did not reach, a submission as if it had just come.
   *
   * @return false if there is no dead letter of that id
   * @throws DeliveryConflict if it cannot be sent again
   * @throws SubmissionRejected if the submission is still not acceptable
   * @throws SubmissionConflict if its id was used for another one since
   */
  public boolean resend(UUID id) {
    RejectedSubmission submission = rejected.find(id).orElse(null);
    if (submission == null) {
      return outbox.resend(new StoredMessageId(id));
    }
    if (submission.body() == null) {
      throw new DeliveryConflict(
          new StoredMessageId(id),
          "what was handed in was not kept: its producer has to hand it in again");
    }
    Submission read = reader.read(new ByteArrayInputStream(submission.body()));
    submissions.accept(
        new SubmissionSource(submission.organization())
            .as(new SubmittedBy("dead-letter", id, null)),
        read.id() == null ? read.withId(submission.brokerId()) : read);
    rejected.drop(id);
    // The submission was accepted in a transaction that others share.
    audit.recordAlone(
        "dead_letter.resent",
        id,
        submission.organization(),
        read.id() == null ? Map.of() : Map.of("submissionId", read.id()));
    return true;
  }

  private List<DeadLetter> query(
      @Nullable OrganizationId organization, @Nullable UUID before, @Nullable UUID id, int limit) {
    return jdbc.sql(SELECT)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("before", before)
        .param("id", id)
        .param("limit", limit)
        .query(DeadLetters::read)
        .list();
  }

  private static DeadLetter read(ResultSet row, int number) throws SQLException {
    String reason = row.getString("reason");
    Array lost = row.getArray("lost");
    return new DeadLetter(
        row.getObject("id", UUID.class),
        row.getBoolean("message"),
        OrganizationId.ofNullable(row.getString("organization")),
        row.getString("submission_id"),
        row.getString("from_address"),
        row.getString("subject"),
        row.getString("status"),
        reason == null
            ? FailureExplanation.of(
                List.of((String[]) lost.getArray()),
                row.getInt("recipients"),
                row.getString("last_error"))
            : "The submission was not accepted: " + reason + ".",
        row.getBoolean("resendable"),
        row.getTimestamp("created_at").toInstant());
  }
}
