package org.byoemail.format.mail;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Instants as PostgreSQL stores them: to the microsecond. */
public final class SqlTimestamps {
  private SqlTimestamps() {}

  /** The form of a statement's parameter. */
  public static @Nullable Timestamp parameter(@Nullable Instant instant) {
    return instant == null ? null : Timestamp.from(instant);
  }

  /** Reads a column that may be null. */
  public static @Nullable Instant read(ResultSet row, String column) throws SQLException {
    Timestamp value = row.getTimestamp(column);
    return value == null ? null : value.toInstant();
  }
}
