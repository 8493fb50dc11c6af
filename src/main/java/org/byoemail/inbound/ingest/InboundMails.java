package org.byoemail.inbound.ingest;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mail.Times;
import org.byoemail.format.mime.AutoSubmitted;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * One row for each mail that was read from a mailbox, whatever became of it. It makes reading
 * idempotent: by its place, and by its fingerprint, which outlives the message.
 */
@Repository
class InboundMails {
  private static final int LONGEST_TEXT = 1000;

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  InboundMails(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /**
   * Some mails of a batch.
   *
   * @param now when they were looked for, by the database's clock
   */
  record Found<T>(Set<T> mails, Instant now) {
    private static <T> Found<T> of(ResultSet row, T[] mails) throws SQLException {
      return new Found<>(Set.of(mails), row.getTimestamp("now").toInstant());
    }
  }

  /** The UIDs whose rows are there already; nobody else writes to the mailbox now. */
  Found<Long> present(IngestBatch batch) {
    IncomingMail first = batch.first();
    return jdbc.sql(
            """
            SELECT statement_timestamp() AS now, ARRAY(SELECT uid FROM inbound_mail
              WHERE mailbox_id = :mailbox AND uid_validity = :validity
                AND epoch = :epoch AND uid = ANY(:uids)) AS uids
            """)
        .param("mailbox", first.mailbox())
        .param("validity", first.uidValidity())
        .param("epoch", first.epoch())
        .param("uids", batch.all().stream().map(one -> one.mail().uid()).toArray(Long[]::new))
        .query((row, number) -> Found.of(row, (Long[]) row.getArray("uids").getArray()))
        .single();
  }

  /** The ids of those that are still put aside, locked until the transaction ends. */
  Found<UUID> lockQuarantined(IngestBatch batch) {
    return jdbc.sql(
            """
            WITH locked AS (
              SELECT id FROM inbound_mail WHERE id = ANY(:ids) AND status = 'quarantined' FOR UPDATE)
            SELECT statement_timestamp() AS now, ARRAY(SELECT id FROM locked) AS ids
            """)
        .param("ids", batch.all().stream().map(IngestItem::id).toArray(UUID[]::new))
        .query((row, number) -> Found.of(row, (UUID[]) row.getArray("ids").getArray()))
        .single();
  }

  /**
   * Records what becomes of a mail that was put aside. What was kept of it stays where it is.
   *
   * @param message the message that it becomes; null: none
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void change(IngestItem item, @Nullable UUID message) {
    Piece raw = item.content().raw();
    boolean part = raw != null && !raw.isWhole();
    jdbc.sql(
            """
            UPDATE inbound_mail SET status = :status, reason = :reason, message_id = :message, refetch_at = NULL,
              seen_pending = :pending, after_action = :action, kind = :kind, auto_submitted = :automatic,
              raw_sha256 = CASE WHEN :kept THEN :raw ELSE raw_sha256 END,
              raw_offset = CASE WHEN :kept THEN :offset ELSE raw_offset END,
              raw_length = CASE WHEN :kept THEN :length ELSE raw_length END,
              raw_header_only = raw_header_only AND NOT :kept
            WHERE id = :id
            """)
        .param("status", item.decision().status().word())
        .param("reason", clean(item.decision().reason()))
        .param("message", message)
        .param("pending", isPending(item))
        .param("action", isPending(item) ? item.mail().afterwards().word() : null)
        .param("kind", item.kind())
        .param("automatic", item.autoSubmitted())
        .param("kept", raw != null && !item.content().headerOnly())
        .param("raw", raw == null ? null : raw.sha256())
        .param("offset", part ? raw.offset() : null, Types.BIGINT)
        .param("length", part ? raw.length() : null, Types.BIGINT)
        .param("id", item.id())
        .update();
    item.recorded();
  }

  private static boolean isPending(IngestItem item) {
    return isTakenIn(item) && item.mail().afterwards() != AfterIngest.NONE;
  }

  private static boolean isTakenIn(IngestItem item) {
    return item.becomes(InboundStatus.INGESTED) || item.becomes(InboundStatus.REPORT);
  }

  /**
   * Records what becomes of mails, in the transaction that does it.
   *
   * @param messages the messages that they become, by the id of the intake
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(List<IngestItem> intakes, Map<UUID, UUID> messages) {
    if (intakes.isEmpty()) {
      return;
    }
    batches.batchUpdate(
        "INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, epoch, uid, account_id, status,"
            + " reason, message_id, fingerprint, raw_sha256, raw_offset, raw_length, size, sender, subject,"
            + " rfc_message_id, authentication, auto_submitted, seen_pending, received_at, raw_header_only, created_at,"
            + " kind, after_action, possible_duplicate, email_id)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, statement_timestamp(), ?, ?, ?, ?)",
        intakes,
        intakes.size(),
        (row, item) -> bind(row, item, messages.get(item.id())));
    intakes.forEach(IngestItem::recorded);
  }

  private static void bind(PreparedStatement row, IngestItem item, @Nullable UUID message)
      throws SQLException {
    IncomingMail mail = item.mail();
    MailHeaders headers = mail.headers();
    InboundStatus status = item.decision().status();
    Piece raw = item.content().raw();
    boolean part = raw != null && !raw.isWhole();
    row.setObject(1, item.id());
    row.setString(2, mail.account().organization());
    row.setObject(3, mail.mailbox());
    row.setLong(4, mail.uidValidity());
    row.setInt(5, mail.epoch());
    row.setLong(6, mail.uid());
    row.setObject(7, mail.account().id().value());
    row.setString(8, status.word());
    row.setString(9, clean(item.decision().reason()));
    row.setObject(10, message, Types.OTHER);
    row.setBytes(11, mail.fingerprint());
    row.setString(12, raw == null ? null : raw.sha256());
    row.setObject(13, part ? raw.offset() : null, Types.BIGINT);
    row.setObject(14, part ? raw.length() : null, Types.BIGINT);
    row.setLong(15, mail.size());
    row.setString(16, sender(headers));
    row.setString(17, clean(headers.subject()));
    row.setString(18, clean(headers.messageId().map(MessageId::value).orElse(null)));
    row.setString(19, item.authentication().word());
    row.setString(20, item.autoSubmitted());
    boolean pending = isPending(item);
    row.setBoolean(21, pending);
    row.setTimestamp(22, Times.parameter(mail.receivedAt()));
    row.setBoolean(23, item.content().headerOnly());
    row.setString(24, item.kind());
    row.setString(25, pending ? mail.afterwards().word() : null);
    row.setBoolean(26, isTakenIn(item) && mail.isPossibleDuplicate());
    row.setString(27, mail.emailId());
  }

  /** The address in From, or what stands in its place, shortened. */
  static @Nullable String sender(MailHeaders headers) {
    return clean(
        headers
            .from()
            .map(NamedAddress::address)
            .map(Object::toString)
            .orElseGet(headers::fromName));
  }

  /** How a machine's mail is marked: auto-replied, auto-generated or list; null for a person's. */
  static @Nullable String autoSubmitted(MailHeaders headers) {
    AutoSubmitted automatic = headers.autoSubmitted();
    if (automatic != AutoSubmitted.NO) {
      return "auto-" + automatic.name().toLowerCase(Locale.ROOT);
    }
    return headers.isListMail() ? "list" : null;
  }

  /** As the database can hold it. */
  static @Nullable String clean(@Nullable String text) {
    return text == null ? null : StoredText.of(text, LONGEST_TEXT);
  }
}
