package org.byoemail.outbound.outbox;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.outbound.delivery.Deliveries;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.outbound.delivery.Recipients;
import org.byoemail.outbound.submission.Submissions;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Changes a person asks for. Each locks the submission, so that two of them follow one another, and
 * then its delivery: against the claim of a sender, whichever comes first counts.
 */
@Repository
class OutboxChanges {

  private static final Set<RecipientStatus> WAITING =
      EnumSet.of(RecipientStatus.QUEUED, RecipientStatus.DEFERRED, RecipientStatus.HELD);
  private static final Set<RecipientStatus> LOST =
      EnumSet.of(RecipientStatus.FAILED, RecipientStatus.EXPIRED);

  private final JdbcClient jdbc;
  private final OutboxRows rows;
  private final Recipients recipients;
  private final Deliveries deliveries;
  private final Submissions submissions;

  OutboxChanges(
      JdbcClient jdbc,
      OutboxRows rows,
      Recipients recipients,
      Deliveries deliveries,
      Submissions submissions) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.recipients = recipients;
    this.deliveries = deliveries;
    this.submissions = submissions;
  }

  /** Whether there is such an outbound message; if so it is locked. */
  boolean lock(UUID message) {
    return recipients.lockMessages(List.of(message)) == 1;
  }

  /** Cancels what waits; which attempt, and for whom. */
  Cancelled cancel(UUID message) {
    requireUnclaimed(message, "it has left, or there is nothing left to cancel");
    deliveries.drop(List.of(message));
    AttemptId attempt =
        new AttemptId(
            jdbc.sql(
                    """
                    UPDATE outbound_message_attempt SET status = 'FAILED', outcome = 'cancelled',
                      error = 'cancelled', error_code = 'cancelled', failed_at = statement_timestamp()
                    WHERE message_id = :id AND status = 'QUEUED' RETURNING id
                    """)
                .param("id", message)
                .query(UUID.class)
                .single());
    List<EmailAddress> waiting =
        rows.recipients(message).stream()
            .filter(recipient -> WAITING.contains(recipient.status()))
            .map(OutboundDetails.Recipient::address)
            .toList();
    return new Cancelled(attempt, waiting, move(message, WAITING, RecipientStatus.CANCELLED));
  }

  /**
   * What was cancelled.
   *
   * @param status of the message, now
   */
  record Cancelled(AttemptId attempt, List<EmailAddress> recipients, MessageStatus status) {}

  void release(UUID message) {
    if (!requireUnclaimed(message, "it is not held")) {
      throw new OutboxRefusal(message, "it is not held");
    }
    UUID attempt = nextAttempt(message);
    jdbc.sql(
            """
            UPDATE outbound_delivery d SET held_reason = NULL, due_at = statement_timestamp(), unknown_once = false,
              attempt_id = a.id, try_number = a.try_number, tries = 0, first_try_at = NULL
            FROM outbound_message_attempt a WHERE d.message_id = :id AND a.id = :attempt
            """)
        .param("id", message)
        .param("attempt", attempt)
        .update();
    submissions.keepWaiting(message);
    move(message, EnumSet.of(RecipientStatus.HELD), RecipientStatus.QUEUED);
  }

  void resend(UUID message) {
    boolean isLost =
        rows.recipients(message).stream().anyMatch(recipient -> LOST.contains(recipient.status()));
    boolean isUnfinished =
        jdbc.sql("SELECT EXISTS (SELECT 1 FROM outbound_delivery WHERE message_id = :id)")
            .param("id", message)
            .query(Boolean.class)
            .single();
    if (isUnfinished || !isLost) {
      throw new OutboxRefusal(
          message, isUnfinished ? "it is still being tried" : "it has not failed");
    }
    UUID attempt = nextAttempt(message);
    jdbc.sql(
            """
            INSERT INTO outbound_delivery (message_id, account_id, attempt_id, try_number, priority, due_at)
            SELECT m.id, account.id, a.id, a.try_number, s.priority, statement_timestamp()
            FROM message m JOIN outbound_submission s ON s.message_id = m.id
              JOIN outbound_message_attempt a ON a.id = :attempt
              LEFT JOIN agent_email_account account ON account.endpoint_id = m.endpoint_id
            WHERE m.id = :id
            """)
        .param("id", message)
        .param("attempt", attempt)
        .update();
    submissions.keepWaiting(message);
    move(message, LOST, RecipientStatus.QUEUED);
  }

  /** Locks the delivery; whether it is held. */
  private boolean requireUnclaimed(UUID message, String withoutDelivery) {
    record Delivery(boolean isClaimed, boolean isHeld) {}
    Delivery delivery =
        jdbc.sql(
                """
                SELECT claim_token IS NOT NULL AS claimed, held_reason IS NOT NULL AS held
                FROM outbound_delivery WHERE message_id = :id FOR UPDATE
                """)
            .param("id", message)
            .query((row, number) -> new Delivery(row.getBoolean("claimed"), row.getBoolean("held")))
            .optional()
            .orElseThrow(() -> new OutboxRefusal(message, withoutDelivery));
    if (delivery.isClaimed()) {
      throw new OutboxRefusal(message, "it is being sent at this moment");
    }
    return delivery.isHeld();
  }

  /** The attempt that is queued, made where the last one is over. */
  private UUID nextAttempt(UUID message) {
    return jdbc.sql(
            "SELECT id FROM outbound_message_attempt WHERE message_id = :id AND status = 'QUEUED'")
        .param("id", message)
        .query(UUID.class)
        .optional()
        .orElseGet(
            () ->
                jdbc.sql(
                        """
                        INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
                        SELECT :attempt, :id, max(try_number) + 1, 'QUEUED', statement_timestamp()
                        FROM outbound_message_attempt WHERE message_id = :id
                        RETURNING id
                        """)
                    .param("attempt", Ids.next())
                    .param("id", message)
                    .query(UUID.class)
                    .single());
  }

  private MessageStatus move(UUID message, Set<RecipientStatus> from, RecipientStatus to) {
    jdbc.sql(
            """
            UPDATE message_recipient SET status = :to, enhanced_status = NULL, diagnostic = NULL, updated_at = statement_timestamp()
            WHERE message_id = :id AND status IN (:from)
            """)
        .param("id", message)
        .param("from", from.stream().map(RecipientStatus::word).toList())
        .param("to", to.word())
        .update();
    return recipients.derive(message);
  }
}
