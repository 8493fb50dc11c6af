package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.Times;
import org.jspecify.annotations.Nullable;

/**
 * A mail that was recorded before, was put aside, and is to be dealt with once more.
 *
 * @param record the id of the row that records it
 * @param size in bytes, as the server said
 * @param receivedAt when it arrived, as the server said
 */
public record QuarantinedMail(
    UUID record,
    UUID mailbox,
    long uidValidity,
    int epoch,
    long uid,
    long size,
    @Nullable Instant receivedAt) {

  /** Reads a row of {@code inbound_mail}; for a row mapper. */
  public static QuarantinedMail of(ResultSet row, int number) throws SQLException {
    return new QuarantinedMail(
        row.getObject("id", UUID.class),
        row.getObject("mailbox_id", UUID.class),
        row.getLong("uid_validity"),
        row.getInt("epoch"),
        row.getLong("uid"),
        row.getLong("size"),
        Times.read(row, "received_at"));
  }
}
