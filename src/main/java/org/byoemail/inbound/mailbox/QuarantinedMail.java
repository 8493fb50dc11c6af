package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.Times;
import org.jspecify.annotations.Nullable;

/**
 * A quarantined mail that is to be processed again: the key of its row in {@code inbound_mail}.
 *
 * @param id the id of its row in {@code inbound_mail}
 * @param size RFC822.SIZE, in bytes
 * @param receivedAt INTERNALDATE
 */
public record QuarantinedMail(
    UUID id,
    MailboxId mailbox,
    long uidValidity,
    int epoch,
    long uid,
    long size,
    @Nullable Instant receivedAt) {

  /** Reads a row of {@code inbound_mail}; for a row mapper. */
  public static QuarantinedMail of(ResultSet row, int number) throws SQLException {
    return new QuarantinedMail(
        row.getObject("id", UUID.class),
        new MailboxId(row.getObject("mailbox_id", UUID.class)),
        row.getLong("uid_validity"),
        row.getInt("epoch"),
        row.getLong("uid"),
        row.getLong("size"),
        Times.read(row, "received_at"));
  }
}
