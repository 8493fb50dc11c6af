package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;

/**
 * A quarantined mail that is to be processed again: the key of its row in {@code inbound_mail}.
 *
 * @param id the id of its row in {@code inbound_mail}
 * @param size RFC822.SIZE, in bytes
 * @param receivedAt INTERNALDATE
 * @param heldBecause why it is held for review; null: its sender, or it is not
 * @param fromJunk whether it is in a folder in which its server files junk
 * @param rechecks how often its sender was judged again without a verdict
 * @param again how it was decided on before
 */
public record QuarantinedMail(
    UUID id,
    MailboxId mailbox,
    long uidValidity,
    int epoch,
    long uid,
    long size,
    @Nullable Instant receivedAt,
    int rechecks,
    @Nullable String heldBecause,
    boolean fromJunk,
    Again again) {
  /**
   * What a further decision depends on.
   *
   * @param released whether a person has let it in already
   * @param waits whether it is held for now, and tried again by itself
   * @param scanFailures how often a scanner that could be reached gave no result
   */
  public record Again(boolean released, boolean waits, int scanFailures) {
    static final Again FIRST = new Again(false, false, 0);
  }

  /** A column that {@link #of} reads. */
  static final String FROM_JUNK =
      "(SELECT m.junk FROM mailbox m WHERE m.id = inbound_mail.mailbox_id) AS from_junk";

  /** Reads a row of {@code inbound_mail}; for a row mapper. */
  public static QuarantinedMail of(ResultSet row, int number) throws SQLException {
    return new QuarantinedMail(
        row.getObject("id", UUID.class),
        new MailboxId(row.getObject("mailbox_id", UUID.class)),
        row.getLong("uid_validity"),
        row.getInt("epoch"),
        row.getLong("uid"),
        row.getLong("size"),
        SqlTimestamps.read(row, "received_at"),
        row.getInt("rechecks"),
        row.getString("held_because"),
        row.getBoolean("from_junk"),
        new Again(
            "released".equals(row.getString("let_in_by")),
            row.getTimestamp("recheck_at") != null,
            row.getInt("scan_failures")));
  }
}
