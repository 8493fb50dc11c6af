package org.byoemail.inbound.ingest;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The invitations that came with inbound messages. Safe for use by many threads. */
@Repository
public class CalendarInvitations {
  private final JdbcClient jdbc;

  CalendarInvitations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Stores the invitations in new messages, in the transaction of the caller. */
  void store(Map<StoredMessageId, Invitation> invitations) {
    invitations.forEach(this::store);
  }

  private void store(StoredMessageId message, Invitation invitation) {
    jdbc.sql(
            """
            INSERT INTO invitation (message_id, method, uid, sequence, summary, location, organizer,
              starts_at, ends_at, all_day, recurring)
            VALUES (:message, :method, :uid, :sequence, :summary, :location, :organizer,
              :start, :end, :allDay, :recurring)
            """)
        .param("message", message.value())
        .param("method", invitation.method())
        .param("uid", invitation.uid())
        .param("sequence", invitation.sequence())
        .param("summary", invitation.summary())
        .param("location", invitation.location())
        .param("organizer", invitation.organizer().map(EmailAddress::value).orElse(null))
        .param("start", SqlTimestamps.parameter(invitation.start().orElse(null)))
        .param("end", SqlTimestamps.parameter(invitation.end().orElse(null)))
        .param("allDay", invitation.allDay())
        .param("recurring", invitation.recurring())
        .update();
  }

  /** The invitation that came with a message. */
  public Optional<Invitation> ofMessage(StoredMessageId message) {
    return jdbc.sql("SELECT * FROM invitation WHERE message_id = :message")
        .param("message", message.value())
        .query(CalendarInvitations::read)
        .optional();
  }

  private static Invitation read(ResultSet row, int number) throws SQLException {
    return new Invitation(
        row.getString("method"),
        row.getString("uid"),
        row.getInt("sequence"),
        row.getString("summary"),
        row.getString("location"),
        Optional.ofNullable(row.getString("organizer")).map(EmailAddress::new),
        Optional.ofNullable(SqlTimestamps.read(row, "starts_at")),
        Optional.ofNullable(SqlTimestamps.read(row, "ends_at")),
        row.getBoolean("all_day"),
        row.getBoolean("recurring"));
  }
}
