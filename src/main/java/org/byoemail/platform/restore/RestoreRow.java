package org.byoemail.platform.restore;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;

/**
 * The row of {@code database_life}.
 *
 * @param identity null if unknown so far
 * @param restoredAt when the last restore was detected; null if there was none
 * @param reconciledAt null until it is reconciled
 */
record RestoreRow(
    UUID id,
    long counter,
    @Nullable String identity,
    @Nullable Instant restoredAt,
    @Nullable Instant backupAt,
    @Nullable String reason,
    boolean behind,
    @Nullable Instant reconcilingSince,
    int found,
    int held,
    @Nullable Instant reconciledAt) {

  static RestoreRow of(ResultSet row, int number) throws SQLException {
    return new RestoreRow(
        row.getObject("id", UUID.class),
        row.getLong("counter"),
        row.getString("identity"),
        SqlTimestamps.read(row, "restored_at"),
        SqlTimestamps.read(row, "backup_at"),
        row.getString("reason"),
        row.getBoolean("behind"),
        SqlTimestamps.read(row, "reconciling_since"),
        row.getInt("found"),
        row.getInt("held"),
        SqlTimestamps.read(row, "reconciled_at"));
  }

  boolean isOpen() {
    return restoredAt != null && reconciledAt == null;
  }
}
