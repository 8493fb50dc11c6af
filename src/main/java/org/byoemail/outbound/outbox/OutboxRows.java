package org.byoemail.outbound.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.platform.conversation.MessageScope;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads outbound messages as the API and the console show them. */
@Repository
class OutboxRows {
  private static final int MAX_WORDS = 4000;
  private static final int MAX_ATTEMPTS = 200;

  private final JdbcClient jdbc;
  private final WaitingReasons waiting;

  OutboxRows(JdbcClient jdbc, WaitingReasons waiting) {
    this.waiting = waiting;
    this.jdbc = jdbc;
  }

  List<OutboxEntry> list(OutboxFilter filter) {
    return jdbc.sql(
            """
            SELECT m.id, coalesce(s.forgotten_id, s.submission_id) AS submission_id, m.organization, m.conversation_id, m.from_address, m.to_addresses,
              (SELECT e.account_id FROM endpoint_account e WHERE e.endpoint_id = m.endpoint_id LIMIT 1) AS account_id,
              m.subject, s.status, s.accepted_at, d.due_at, d.held_reason,
              (SELECT left(a.error, 1000) FROM outbound_message_attempt a
                WHERE a.message_id = m.id AND a.error IS NOT NULL ORDER BY a.try_number DESC LIMIT 1) AS error
            FROM outbound_submission s JOIN message m ON m.id = s.message_id
              LEFT JOIN outbound_delivery d ON d.message_id = s.message_id
            WHERE (:organization::text IS NULL OR s.organization = :organization)
              AND (:account::uuid IS NULL OR m.endpoint_id IN
                (SELECT endpoint_id FROM endpoint_account WHERE account_id = :account))
              AND (:status::text IS NULL OR s.status = :status)
              AND (:since::timestamptz IS NULL OR s.accepted_at >= :since)
              AND (:before::uuid IS NULL OR s.message_id < :before)
            """
                // Without OR, so that every plan uses the index.
                + (filter.submissionId() == null
                    ? ""
                    : " AND s.organization = :organization AND s.submission_id = :submission")
                + (filter.label() == null
                    ? ""
                    : " AND s.message_id IN (SELECT message_id FROM message_label WHERE label = :label)")
                + (filter.scope() == null ? "" : " AND " + MessageScope.CONDITION)
                + " ORDER BY s.message_id DESC LIMIT :limit")
        .param("scopeAgents", Scope.agents(filter.scope()))
        .param("scopeAccounts", Scope.accounts(filter.scope()))
        .param("organization", OrganizationId.valueOrNull(filter.organization()))
        .param("account", filter.account() == null ? null : filter.account().value())
        .param("status", filter.status() == null ? null : filter.status().word())
        .param("since", SqlTimestamps.parameter(filter.since()))
        .param("submission", filter.submissionId())
        .param("label", filter.label() == null ? null : filter.label().name())
        .param("before", filter.before())
        .param("limit", filter.limit())
        .query(OutboxRows::entry)
        .list();
  }

  /** The recipients that a resend would send to. */
  List<EmailAddress> failed(StoredMessageId message) {
    return jdbc.sql(
            "SELECT address FROM message_recipient WHERE message_id = :id"
                + " AND status IN ('failed', 'expired')")
        .param("id", message.value())
        .query((row, number) -> new EmailAddress(row.getString(1)))
        .list();
  }

  /** Whose message it is. */
  OrganizationId organization(StoredMessageId message) {
    return jdbc.sql("SELECT organization FROM outbound_submission WHERE message_id = :id")
        .param("id", message.value())
        .query((row, number) -> new OrganizationId(row.getString("organization")))
        .single();
  }

  EndpointId endpoint(StoredMessageId message) {
    return jdbc.sql("SELECT endpoint_id FROM message WHERE id = :id")
        .param("id", message.value())
        .query((row, number) -> new EndpointId(row.getObject("endpoint_id", UUID.class)))
        .single();
  }

  /** What is stored about a message, besides the message itself. */
  Optional<OutboundDetails> story(
      org.byoemail.platform.conversation.Message message,
      List<org.byoemail.platform.conversation.Attachment> attachments) {
    StoredMessageId id = message.id();
    return jdbc.sql(
            """
            SELECT coalesce(s.forgotten_id, s.submission_id) AS submission_id, s.status, s.expires_at, d.due_at, d.held_reason
            FROM outbound_submission s LEFT JOIN outbound_delivery d ON d.message_id = s.message_id
            WHERE s.message_id = :id
            """)
        .param("id", id.value())
        .query(
            (row, number) ->
                new OutboundDetails(
                    message,
                    row.getString("submission_id"),
                    MessageStatus.of(row.getString("status")),
                    SqlTimestamps.read(row, "due_at"),
                    row.getTimestamp("expires_at").toInstant(),
                    row.getString("held_reason"),
                    SqlTimestamps.read(row, "due_at") == null ? null : waiting.of(id).orElse(null),
                    recipients(id),
                    attempts(id),
                    attachments))
        .optional();
  }

  private List<OutboundDetails.Recipient> recipients(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT address, kind, status, enhanced_status, left(diagnostic, :longest) AS diagnostic FROM message_recipient
            WHERE message_id = :id ORDER BY array_position(ARRAY['to', 'cc', 'bcc'], kind), address
            """)
        .param("longest", MAX_WORDS)
        .param("id", message.value())
        .query(
            (row, number) ->
                new OutboundDetails.Recipient(
                    new EmailAddress(row.getString("address")),
                    row.getString("kind"),
                    RecipientStatus.of(row.getString("status")),
                    row.getString("enhanced_status"),
                    row.getString("diagnostic")))
        .list();
  }

  private List<OutboundDetails.Attempt> attempts(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT id, try_number, provider, status, outcome, queued_at, sent_at, delivered_at, failed_at,
              left(error, :longest) AS error, error_code, left(smtp_reply, :longest) AS smtp_reply
            FROM (SELECT * FROM outbound_message_attempt WHERE message_id = :id
              ORDER BY try_number DESC LIMIT :most) newest
            ORDER BY try_number
            """)
        .param("id", message.value())
        .param("longest", MAX_WORDS)
        .param("most", MAX_ATTEMPTS)
        .query(OutboxRows::attempt)
        .list();
  }

  private static OutboxEntry entry(ResultSet row, int number) throws SQLException {
    return new OutboxEntry(
        new StoredMessageId(row.getObject("id", UUID.class)),
        row.getString("submission_id"),
        new OrganizationId(row.getString("organization")),
        row.getObject("account_id", UUID.class),
        new ConversationId(row.getObject("conversation_id", UUID.class)),
        row.getString("from_address"),
        Arrays.asList((String[]) row.getArray("to_addresses").getArray()),
        row.getString("subject"),
        MessageStatus.of(row.getString("status")),
        row.getTimestamp("accepted_at").toInstant(),
        SqlTimestamps.read(row, "due_at"),
        row.getString("held_reason"),
        row.getString("error"));
  }

  private static OutboundDetails.Attempt attempt(ResultSet row, int number) throws SQLException {
    return new OutboundDetails.Attempt(
        new AttemptId(row.getObject("id", UUID.class)),
        row.getInt("try_number"),
        row.getString("provider"),
        row.getString("status"),
        row.getString("outcome"),
        row.getTimestamp("queued_at").toInstant(),
        SqlTimestamps.read(row, "sent_at"),
        SqlTimestamps.read(row, "delivered_at"),
        SqlTimestamps.read(row, "failed_at"),
        row.getString("error"),
        row.getString("error_code"),
        row.getString("smtp_reply"));
  }
}
