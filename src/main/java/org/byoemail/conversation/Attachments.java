package org.byoemail.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.Times;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The attachments; their bytes are in the {@link ContentStore}. Safe for use by many threads. */
@Repository
public class Attachments {
  private static final String NUL = "\0";

  private final JdbcClient jdbc;
  private final Clock clock;

  Attachments(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Stores the row of an attachment whose content is stored already.
   *
   * @param position its place in the message, from 0
   */
  public void store(Attachment attachment, int position) {
    jdbc.sql(
            """
            INSERT INTO attachment (id, organization, message_id, position, name, content_type, disposition,
              content_id, size, sha256, rejected, created_at)
            VALUES (:id, :organization, :message, :position, :name, :contentType, :disposition,
              :contentId, :size, :sha256, :rejected, :now)
            """)
        .param("id", attachment.id())
        .param("organization", attachment.organization())
        .param("message", attachment.message())
        .param("position", position)
        .param("name", attachment.name().replace(NUL, ""))
        .param("contentType", attachment.contentType().replace(NUL, ""))
        .param("disposition", attachment.inline() ? "inline" : "attachment")
        .param(
            "contentId",
            attachment.contentId() == null ? null : attachment.contentId().replace(NUL, ""))
        .param("size", attachment.size())
        .param("sha256", attachment.sha256())
        .param("rejected", attachment.rejected())
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  /** The attachment of that id. */
  public Optional<Attachment> find(UUID id) {
    return jdbc.sql("SELECT * FROM attachment WHERE id = :id")
        .param("id", id)
        .query(Attachments::read)
        .optional();
  }

  /** The attachments of a message, in order. */
  public List<Attachment> ofMessage(UUID message) {
    return jdbc.sql("SELECT * FROM attachment WHERE message_id = :message ORDER BY position")
        .param("message", message)
        .query(Attachments::read)
        .list();
  }

  private static Attachment read(ResultSet row, int number) throws SQLException {
    return new Attachment(
        row.getObject("id", UUID.class),
        row.getString("organization"),
        row.getObject("message_id", UUID.class),
        row.getString("name"),
        row.getString("content_type"),
        "inline".equals(row.getString("disposition")),
        row.getString("content_id"),
        row.getLong("size"),
        row.getString("sha256"),
        row.getString("rejected"));
  }
}
