package org.byoemail.bounce;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The bounces, to look at. Safe for use by many threads. */
@Repository
public class Bounces {
  private final JdbcClient jdbc;

  Bounces(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Bounces, newest first.
   *
   * @param organization null for all organisations
   * @param before the id to go on behind, null for the newest
   */
  public List<Bounce> list(@Nullable String organization, @Nullable UUID before, int limit) {
    return jdbc.sql(
            """
            SELECT b.* FROM bounce b
            WHERE (:before::uuid IS NULL OR b.id < :before)
              AND (:organization::text IS NULL OR EXISTS (
                SELECT 1 FROM inbound_mail i JOIN mailbox x ON x.id = i.mailbox_id
                  JOIN agent_email_account a ON a.id = b.account_id JOIN agent g ON g.id = a.agent_id
                WHERE i.id = b.inbound_mail_id AND g.organization = :organization))
            ORDER BY b.id DESC LIMIT :limit
            """)
        .param("organization", organization)
        .param("before", before)
        .param("limit", limit)
        .query(Bounces::read)
        .list();
  }

  /** What was reported about a message, oldest first. */
  public List<Bounce> ofMessage(UUID message) {
    return jdbc.sql("SELECT * FROM bounce WHERE message_id = :message ORDER BY id")
        .param("message", message)
        .query(Bounces::read)
        .list();
  }

  private static Bounce read(ResultSet row, int number) throws SQLException {
    return new Bounce(
        row.getObject("id", UUID.class),
        new AccountId(row.getObject("account_id", UUID.class)),
        row.getObject("inbound_mail_id", UUID.class),
        row.getObject("message_id", UUID.class),
        row.getObject("attempt_id", UUID.class),
        row.getString("kind"),
        row.getString("recipient"),
        row.getString("action"),
        row.getString("enhanced_status"),
        row.getString("smtp_reply"),
        row.getString("diagnostic"),
        row.getString("reporting_mta"),
        row.getString("matched_by"),
        row.getString("recipient_match"),
        row.getTimestamp("created_at").toInstant());
  }
}
