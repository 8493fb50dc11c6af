package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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
 * @param heldFor how long it has been held for review, by the database's clock; null: it is not
 */
public record QuarantinedMail(
    UUID id,
    MailboxId mailbox,
    long uidValidity,
    int epoch,
    long uid,
    long size,
    @Nullable Instant receivedAt,
    @Nullable Duration heldFor) {
  /** A column that {@link #of} reads. */
  static final String HELD_FOR =
      "extract(epoch FROM statement_timestamp() - held_at)::bigint AS held_for";

  /** Reads a row of {@code inbound_mail}; for a row mapper. */
  public static QuarantinedMail of(ResultSet row, int number) throws SQLException {
    Long heldFor = row.getObject("held_for", Long.class);
    return new QuarantinedMail(
        row.getObject("id", UUID.class),
        new MailboxId(row.getObject("mailbox_id", UUID.class)),
        row.getLong("uid_validity"),
        row.getInt("epoch"),
        row.getLong("uid"),
        row.getLong("size"),
        Times.read(row, "received_at"),
        heldFor == null ? null : Duration.ofSeconds(heldFor));
  }
}
