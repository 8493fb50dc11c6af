package org.byoemail.inbound.mailbox;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes the row of each mail that was read from a mailbox. What ingesting decides of a mail is
 * written here too, so that one feature writes the table. Safe for use by many threads.
 */
@Repository
public class InboundMailRows {
  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  InboundMailRows(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /**
   * Where the raw mail is kept.
   *
   * @param offset of the mail in that content, in bytes; null: it is all of it
   * @param length null with the offset
   */
  public record Raw(String sha256, @Nullable Long offset, @Nullable Long length) {}

  /**
   * The outcome of a mail.
   *
   * @param message the message that it becomes; null if it becomes none
   * @param after what is to be done with it on the server; null: nothing
   * @param raw null if nothing of it is kept
   * @param headerOnly whether that is only its header
   * @param sender what was found of its sender; null if it was not judged
   * @param reader the version of the reader that has read it
   */
  public record Outcome(
      String status,
      @Nullable String reason,
      @Nullable StoredMessageId message,
      @Nullable AfterIngest after,
      @Nullable String kind,
      @Nullable String autoSubmitted,
      @Nullable Raw raw,
      boolean headerOnly,
      @Nullable Sender sender,
      int reader) {}

  /**
   * What was found of the sender of a mail.
   *
   * @param facts as JSON
   * @param letIn why it was let in although its sender is not proven; null if it was not
   * @param heldFor the agent that it is held for; null if it is not held
   * @param heldBecause why, if not for its sender
   * @param undecided whether it is judged again by itself
   * @param scanFailed whether a scanner that could be reached gave no result
   */
  public record Sender(
      String verdict,
      @Nullable String source,
      String reason,
      String facts,
      @Nullable String letIn,
      @Nullable UUID heldFor,
      @Nullable String heldBecause,
      boolean undecided,
      boolean scanFailed) {
    boolean held() {
      return heldFor != null;
    }
  }

  /**
   * A mail that is recorded for the first time.
   *
   * @param recipient the address of the account that it was sent to; null: unknown
   * @param recipientTag the tag after the + in it; null if absent
   */
  public record NewRow(
      UUID id,
      IncomingMail mail,
      Outcome outcome,
      @Nullable String sender,
      @Nullable String subject,
      @Nullable String messageId,
      String authentication,
      boolean possibleDuplicate,
      @Nullable String recipient,
      @Nullable String recipientTag,
      boolean afterRestore) {}

  /** The id of the mail that was given to a mailbox under that UID; empty if none was. */
  public Optional<UUID> injected(MailboxId mailbox, long uid) {
    return jdbc.sql(
            """
            SELECT id FROM inbound_mail
            WHERE mailbox_id = :mailbox AND uid_validity = :validity AND epoch = :epoch AND uid = :uid
            """)
        .param("mailbox", mailbox.value())
        .param("validity", IncomingBatch.INJECTED_VALIDITY)
        .param("epoch", IncomingBatch.INJECTED_EPOCH)
        .param("uid", uid)
        .query(UUID.class)
        .optional();
  }

  /** Records mails with one batch, in the transaction of the caller. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void insert(List<NewRow> rows) {
    batches.batchUpdate(
        "INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, epoch, uid,"
            + " account_id, status, reason, message_id, fingerprint, raw_sha256, raw_offset,"
            + " raw_length, size, sender, subject, rfc_message_id, authentication, auto_submitted,"
            + " seen_pending, received_at, raw_header_only, created_at, kind, after_action,"
            + " possible_duplicate, email_id, recipient, recipient_tag, after_restore, verdict,"
            + " verdict_source, verdict_reason, verdict_facts, let_in_by, held_at, recheck_at,"
            + " held_agent, held_because, reader_version)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            + " statement_timestamp(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, CASE WHEN ? THEN"
            + " statement_timestamp() END, CASE WHEN ? THEN statement_timestamp() + interval '1"
            + " minute' END, ?, ?, ?)",
        rows,
        rows.size(),
        InboundMailRows::bind);
  }

  private static void bind(PreparedStatement statement, NewRow row) throws SQLException {
    IncomingMail mail = row.mail();
    Outcome outcome = row.outcome();
    Raw raw = outcome.raw();
    AfterIngest after = outcome.after();
    statement.setObject(1, row.id());
    statement.setString(2, mail.account().organization().value());
    statement.setObject(3, mail.mailbox().value());
    statement.setLong(4, mail.uidValidity());
    statement.setInt(5, mail.epoch());
    statement.setLong(6, mail.uid());
    statement.setObject(7, mail.account().id().value());
    statement.setString(8, outcome.status());
    statement.setString(9, outcome.reason());
    statement.setObject(10, StoredMessageId.valueOrNull(outcome.message()), Types.OTHER);
    statement.setBytes(11, mail.fingerprint());
    statement.setString(12, raw == null ? null : raw.sha256());
    statement.setObject(13, raw == null ? null : raw.offset(), Types.BIGINT);
    statement.setObject(14, raw == null ? null : raw.length(), Types.BIGINT);
    statement.setLong(15, mail.size());
    statement.setString(16, row.sender());
    statement.setString(17, row.subject());
    statement.setString(18, row.messageId());
    statement.setString(19, row.authentication());
    statement.setString(20, outcome.autoSubmitted());
    statement.setBoolean(21, after != null);
    statement.setTimestamp(22, SqlTimestamps.parameter(mail.receivedAt()));
    statement.setBoolean(23, outcome.headerOnly());
    statement.setString(24, outcome.kind());
    statement.setString(25, after == null ? null : after.word());
    statement.setBoolean(26, row.possibleDuplicate());
    statement.setString(27, mail.emailId());
    statement.setString(28, row.recipient());
    statement.setString(29, row.recipientTag());
    statement.setBoolean(30, row.afterRestore());
    Sender sender = outcome.sender();
    statement.setString(31, sender == null ? null : sender.verdict());
    statement.setString(32, sender == null ? null : sender.source());
    statement.setString(33, sender == null ? null : sender.reason());
    statement.setString(34, sender == null ? null : sender.facts());
    statement.setString(35, sender == null ? null : sender.letIn());
    statement.setBoolean(36, sender != null && sender.held());
    statement.setBoolean(37, sender != null && sender.held() && sender.undecided());
    statement.setObject(38, sender == null ? null : sender.heldFor(), Types.OTHER);
    statement.setString(39, sender == null ? null : sender.heldBecause());
    statement.setInt(40, outcome.reader());
  }

  /**
   * Records a new outcome of a quarantined mail, in the transaction of the caller. A raw mail that
   * was kept as a whole stays, unless another is.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void change(UUID id, Outcome outcome) {
    Raw raw = outcome.raw();
    AfterIngest after = outcome.after();
    jdbc.sql(
            """
            UPDATE inbound_mail SET status = :status, reason = :reason, message_id = :message, refetch_at = NULL,
              seen_pending = :pending, after_action = :action, kind = :kind, auto_submitted = :automatic,
              raw_sha256 = CASE WHEN :kept THEN :raw ELSE raw_sha256 END,
              raw_offset = CASE WHEN :kept THEN :offset ELSE raw_offset END,
              raw_length = CASE WHEN :kept THEN :length ELSE raw_length END,
              raw_header_only = raw_header_only AND NOT :kept,
              verdict = CASE WHEN :judged THEN :verdict ELSE verdict END,
              verdict_source = CASE WHEN :judged THEN :source ELSE verdict_source END,
              verdict_reason = CASE WHEN :judged THEN :why ELSE verdict_reason END,
              verdict_facts = CASE WHEN :judged THEN :facts::jsonb ELSE verdict_facts END,
              let_in_by = :letIn, reader_version = :reader,
              held_at = CASE WHEN :held THEN coalesce(held_at, statement_timestamp()) ELSE held_at END,
              held_agent = CASE WHEN :held THEN coalesce(held_agent, :heldFor::uuid) ELSE held_agent END,
              held_because = CASE WHEN :held THEN :because ELSE held_because END,
              scan_failures = CASE WHEN :scanFailed THEN coalesce(scan_failures, 0) + 1 ELSE scan_failures END,
              rechecks = CASE WHEN :again THEN coalesce(rechecks, 0) + 1 ELSE rechecks END,
              recheck_at = CASE WHEN :again THEN statement_timestamp()
                + least(interval '1 hour', interval '1 minute' * power(2, least(coalesce(rechecks, 0), 6))) END
            WHERE id = :id
            """)
        .param("reader", outcome.reader())
        .param("status", outcome.status())
        .param("reason", outcome.reason())
        .param("message", StoredMessageId.valueOrNull(outcome.message()))
        .param("pending", after != null)
        .param("action", after == null ? null : after.word())
        .param("kind", outcome.kind())
        .param("automatic", outcome.autoSubmitted())
        .param("kept", raw != null && !outcome.headerOnly())
        .param("raw", raw == null ? null : raw.sha256())
        .param("offset", raw == null ? null : raw.offset(), Types.BIGINT)
        .param("length", raw == null ? null : raw.length(), Types.BIGINT)
        .param("judged", outcome.sender() != null)
        .param("verdict", outcome.sender() == null ? null : outcome.sender().verdict())
        .param("source", outcome.sender() == null ? null : outcome.sender().source())
        .param("why", outcome.sender() == null ? null : outcome.sender().reason())
        .param("facts", outcome.sender() == null ? null : outcome.sender().facts())
        .param("letIn", outcome.sender() == null ? null : outcome.sender().letIn())
        .param("held", outcome.sender() != null && outcome.sender().held())
        .param("because", outcome.sender() == null ? null : outcome.sender().heldBecause())
        .param("heldFor", outcome.sender() == null ? null : outcome.sender().heldFor())
        .param(
            "again",
            outcome.sender() != null && outcome.sender().held() && outcome.sender().undecided())
        .param("scanFailed", outcome.sender() != null && outcome.sender().scanFailed())
        .param("id", id)
        .update();
  }

  /** Locks the given mails that a lower version of the reader has read. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Set<UUID> lockOlder(Collection<UUID> ids, int version) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(
        jdbc.sql(
                """
                SELECT id FROM inbound_mail
                WHERE id = ANY (:ids) AND coalesce(reader_version, 0) < :version
                ORDER BY id FOR UPDATE
                """)
            .param("ids", ids.toArray(UUID[]::new))
            .param("version", version)
            .query(UUID.class)
            .list());
  }

  /** Stored mails were read again by a version of the reader, in the transaction of the caller. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void readBy(Collection<UUID> ids, int version) {
    if (ids.isEmpty()) {
      return;
    }
    jdbc.sql("UPDATE inbound_mail SET reader_version = :version WHERE id = ANY (:ids)")
        .param("version", version)
        .param("ids", ids.toArray(UUID[]::new))
        .update();
  }

  /**
   * Discards a mail that is held for review: it is recorded as refused, and stays in its mailbox.
   *
   * @return false if it is not held
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean discardHeld(UUID id, String reason) {
    return jdbc.sql(
                """
                UPDATE inbound_mail SET status = 'refused', reason = :reason, recheck_at = NULL
                WHERE id = :id AND status = 'quarantined' AND held_at IS NOT NULL
                """)
            .param("id", id)
            .param("reason", reason)
            .update()
        > 0;
  }

  /**
   * Claims a mail that is to be judged or scanned again. What is not within ten minutes, since the
   * node went away, is claimed again: three scanners take six at most. What belongs to a deleted
   * account is never.
   *
   * @return its id
   */
  @Transactional
  public Optional<UUID> claimRecheck() {
    return jdbc.sql(
            """
            UPDATE inbound_mail i SET recheck_at = CASE
              WHEN EXISTS (SELECT 1 FROM agent_email_account a WHERE a.id = i.account_id)
              THEN statement_timestamp() + interval '10 minutes' END
            WHERE id IN (
              SELECT id FROM inbound_mail
              WHERE recheck_at <= statement_timestamp() AND status = 'quarantined'
              ORDER BY recheck_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """)
        .query(UUID.class)
        .optional();
  }

  /**
   * Has a quarantined mail fetched again by the watcher of its mailbox.
   *
   * @return false if the server has renumbered the folder since, or the account left the mailbox
   */
  public boolean requestRefetch(UUID id) {
    return jdbc.sql(
                """
                UPDATE inbound_mail i SET refetch_at = statement_timestamp() FROM mailbox m
                WHERE i.id = :id AND m.id = i.mailbox_id AND m.owner_account_id = i.account_id
                  AND m.uid_validity = i.uid_validity AND m.epoch = i.epoch
                """)
            .param("id", id)
            .update()
        > 0;
  }

  /** A quarantined mail that is to be processed again. */
  public QuarantinedMail quarantined(UUID id) {
    return jdbc.sql("SELECT *, " + QuarantinedMail.FROM_JUNK + " FROM inbound_mail WHERE id = :id")
        .param("id", id)
        .query(QuarantinedMail::of)
        .single();
  }
}
