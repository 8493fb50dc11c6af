package org.byoemail.platform.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The attachments; their bytes are in the {@link ContentStore}. Thread-safe. */
@Repository
public class Attachments {
  private static final String NUL = "\0";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  Attachments(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /**
   * Stores the row of an attachment whose content is stored already.
   *
   * @param position its place in the message, from 0
   */
  public void store(Attachment attachment, int position) {
    storeAll(List.of(new PositionedAttachment(attachment, position)));
  }

  /** An attachment at its place in its message, from 0. */
  public record PositionedAttachment(Attachment attachment, int position) {}

  /** Stores the rows of attachments whose contents are stored already. */
  public void storeAll(List<PositionedAttachment> attachments) {
    if (attachments.isEmpty()) {
      return;
    }
    batches.batchUpdate(
        "INSERT INTO attachment (id, organization, message_id, position, name, content_type,"
            + " disposition, content_id, size, sha256, rejected, created_at) VALUES (?, ?, ?, ?, ?,"
            + " ?, ?, ?, ?, ?, ?, statement_timestamp())",
        attachments,
        attachments.size(),
        (row, placed) -> {
          Attachment attachment = placed.attachment();
          row.setObject(1, attachment.id());
          row.setString(2, attachment.organization().value());
          row.setObject(3, StoredMessageId.valueOrNull(attachment.message()), Types.OTHER);
          row.setInt(4, placed.position());
          row.setString(5, clean(attachment.name()));
          row.setString(6, clean(attachment.contentType()));
          row.setString(7, attachment.inline() ? "inline" : "attachment");
          row.setString(8, clean(attachment.contentId()));
          row.setLong(9, attachment.size());
          row.setString(10, attachment.sha256());
          row.setString(11, clean(attachment.rejected()));
        });
  }

  /** The attachment of that id. */
  public Optional<Attachment> find(UUID id) {
    return jdbc.sql("SELECT * FROM attachment WHERE id = :id")
        .param("id", id)
        .query(Attachments::read)
        .optional();
  }

  /** The attachments of a message, in order. */
  public List<Attachment> ofMessage(StoredMessageId message) {
    return jdbc.sql("SELECT * FROM attachment WHERE message_id = :message ORDER BY position")
        .param("message", message.value())
        .query(Attachments::read)
        .list();
  }

  /** The attachments of those messages that have any, in order. */
  public Map<StoredMessageId, List<Attachment>> ofMessages(Collection<StoredMessageId> messages) {
    return jdbc
        .sql("SELECT * FROM attachment WHERE message_id = ANY (:messages) ORDER BY position")
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(Attachments::read)
        .list()
        .stream()
        .collect(Collectors.groupingBy(file -> Objects.requireNonNull(file.message())));
  }

  private static @Nullable String clean(@Nullable String text) {
    return text == null ? null : text.replace(NUL, "");
  }

  private static Attachment read(ResultSet row, int number) throws SQLException {
    return new Attachment(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        StoredMessageId.ofNullable(row.getObject("message_id", UUID.class)),
        row.getString("name"),
        row.getString("content_type"),
        "inline".equals(row.getString("disposition")),
        row.getString("content_id"),
        row.getLong("size"),
        row.getString("sha256"),
        row.getString("rejected"));
  }
}
