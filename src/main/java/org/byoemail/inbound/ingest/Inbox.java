package org.byoemail.inbound.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.byoemail.platform.conversation.MessageScope;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was read from mailboxes, for those who show it. Safe for use by many threads. */
@Component
public class Inbox {
  private static final int MAX_RECIPIENTS = 100;

  /** The condition of the index. */
  private static final String HELD = "(held_at IS NOT NULL AND status = 'quarantined')";

  /** Leaves out mails that are or were held and not let in: see InboxEntry.isWithheld. */
  private static final String NOT_WITHHELD =
      "(held_at IS NULL OR status IN ('ingested', 'report'))";

  /** Mails that arrived in an account of the scope, or became a message of one of its agents. */
  private static final String WITHIN =
      "(account_id = ANY (:scopeAccounts) OR EXISTS (SELECT 1 FROM message m WHERE m.id ="
          + " message_id AND "
          + MessageScope.CONDITION
          + "))";

  private static final String ONE =
      "SELECT i.*, m.conversation_id, m.to_addresses[1\\:%d] AS to_addresses"
              .formatted(MAX_RECIPIENTS)
          + " FROM inbound_mail i LEFT JOIN message m ON m.id = i.message_id";

  private final JdbcClient jdbc;
  private final ContentStore contents;
  private final Messages messages;
  private final ObjectMapper json;

  Inbox(JdbcClient jdbc, ContentStore contents, Messages messages, ObjectMapper json) {
    this.messages = messages;
    this.json = json;
    this.jdbc = jdbc;
    this.contents = contents;
  }

  /**
   * Mails, newest first. Held ones are listed only if the filter asks for that status, those that
   * were held and not let in never.
   */
  public List<InboxEntry> list(InboxFilter filter, int limit) {
    return jdbc.sql(
            """
            SELECT i.*, m.conversation_id, m.to_addresses[1\\:%d] AS to_addresses
            FROM (
              SELECT * FROM inbound_mail
              WHERE (:organization::text IS NULL OR organization = :organization)
                AND (:account::uuid IS NULL OR account_id = :account)
                AND (:status::text IS NULL OR status = :status)
                AND %s
                %s
                AND (:since::timestamptz IS NULL OR created_at >= :since)
                AND (:before::uuid IS NULL OR id < :before)
                %s
              ORDER BY id DESC LIMIT :limit) AS i
            LEFT JOIN message m ON m.id = i.message_id
            ORDER BY i.id DESC
            """
                .formatted(
                    MAX_RECIPIENTS,
                    filter.status() == InboundStatus.HELD ? HELD : NOT_WITHHELD,
                    filter.label() == null
                        ? ""
                        : "AND message_id IN (SELECT l.message_id FROM message_label l WHERE l.label = :label)",
                    filter.scope() == null ? "" : "AND " + WITHIN))
        .param("scopeAgents", Scope.agents(filter.scope()))
        .param("scopeAccounts", Scope.accounts(filter.scope()))
        .param("organization", OrganizationId.valueOrNull(filter.organization()))
        .param("account", filter.account() == null ? null : filter.account().value())
        .param("status", filter.status() == null ? null : filter.status().stored())
        .param("label", filter.label() == null ? null : filter.label().name())
        .param("since", SqlTimestamps.parameter(filter.since()))
        .param("before", filter.before())
        .param("limit", limit)
        .query(this::read)
        .list();
  }

  /**
   * A mail by its own id.
   *
   * @param organization null: whichever it belongs to
   */
  public Optional<InboxEntry> find(@Nullable OrganizationId organization, UUID id) {
    return jdbc.sql(
            ONE
                + " WHERE i.id = :id AND (:organization::text IS NULL OR i.organization ="
                + " :organization)")
        .param("id", id)
        .param("organization", OrganizationId.valueOrNull(organization))
        .query(this::read)
        .optional();
  }

  /** Whether the mail is within the scope; all are if that is null. */
  public boolean isWithin(@Nullable Scope scope, InboxEntry item) {
    return scope == null
        || scope.accounts().contains(item.account().value())
        || item.message() != null && messages.isWithin(scope, item.message());
  }

  /** The mail that has become that message. */
  public Optional<InboxEntry> ofMessage(StoredMessageId message) {
    return jdbc.sql(ONE + " WHERE i.message_id = :message")
        .param("message", message.value())
        .query(this::read)
        .optional();
  }

  /**
   * The bytes of a mail as they came, or of its header where no more was kept; empty if none were.
   * The caller closes the stream.
   */
  public Optional<InputStream> raw(InboxEntry item) {
    return Optional.ofNullable(item.raw()).map(contents::open);
  }

  static @Nullable Piece raw(ResultSet row) throws SQLException {
    String sha256 = row.getString("raw_sha256");
    if (sha256 == null) {
      return null;
    }
    long offset = row.getLong("raw_offset");
    return row.wasNull()
        ? Piece.whole(sha256)
        : new Piece(sha256, offset, row.getLong("raw_length"));
  }

  private InboxEntry read(ResultSet row, int number) throws SQLException {
    Array to = row.getArray("to_addresses");
    return new InboxEntry(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        new AccountId(row.getObject("account_id", UUID.class)),
        status(row),
        row.getString("reason"),
        StoredMessageId.ofNullable(row.getObject("message_id", UUID.class)),
        raw(row),
        row.getLong("size"),
        row.getString("sender"),
        row.getString("subject"),
        Authentication.of(row.getString("authentication")),
        row.getString("auto_submitted"),
        row.getString("kind"),
        row.getBoolean("possible_duplicate"),
        row.getBoolean("after_restore"),
        row.getBoolean("raw_header_only"),
        SqlTimestamps.read(row, "refetch_at"),
        SqlTimestamps.read(row, "received_at"),
        row.getTimestamp("created_at").toInstant(),
        row.getString("recipient"),
        row.getString("recipient_tag"),
        ConversationId.ofNullable(row.getObject("conversation_id", UUID.class)),
        to == null ? List.of() : List.of((String[]) to.getArray()),
        sender(row));
  }

  /**
   * How far stored mail is read again, after the reader has changed.
   *
   * @param mails that were read again
   * @param changed of these
   */
  public record Reread(long mails, long changed) {}

  /** Empty unless stored mail is being read again. */
  public Optional<Reread> rereading() {
    return jdbc.sql(
            """
            SELECT mails, changed FROM reread_progress
            WHERE finished_at IS NULL AND mails > 0 ORDER BY version DESC LIMIT 1
            """)
        .query((row, number) -> new Reread(row.getLong("mails"), row.getLong("changed")))
        .optional();
  }

  private static InboundStatus status(ResultSet row) throws SQLException {
    InboundStatus stored = InboundStatus.of(row.getString("status"));
    return stored == InboundStatus.QUARANTINED && row.getTimestamp("held_at") != null
        ? InboundStatus.HELD
        : stored;
  }

  private @Nullable StoredSenderVerdict sender(ResultSet row) throws SQLException {
    String verdict = row.getString("verdict");
    if (verdict == null) {
      return null;
    }
    String facts = row.getString("verdict_facts");
    try {
      StoredSenderVerdict.Details found =
          facts == null
              ? StoredSenderVerdict.Details.NOTHING
              : json.readValue(facts, StoredSenderVerdict.Details.class);
      return new StoredSenderVerdict(
          verdict,
          row.getString("verdict_source"),
          row.getString("verdict_reason"),
          found,
          row.getString("let_in_by"),
          row.getTimestamp("held_at") == null ? null : HoldReason.of(row.getString("held_because")),
          SqlTimestamps.read(row, "held_at"),
          SqlTimestamps.read(row, "recheck_at"));
    } catch (JsonProcessingException e) {
      throw new SQLException("a row of inbound_mail has malformed JSON", e);
    }
  }
}
