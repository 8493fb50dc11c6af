package org.byoemail.platform.dossier;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it is stored.
 *
 * @param message null: it is about the chain itself
 * @param digest of salt and content
 * @param salt null, as the content: erased
 * @param content JSON, as it was digested
 */
public record StoredEntry(
    long number,
    String organization,
    @Nullable UUID message,
    String kind,
    Instant recordedAt,
    byte[] digest,
    byte @Nullable [] salt,
    @Nullable String content) {
  static final String COLUMNS =
      "e.number, e.organization, e.message_id, e.kind, e.recorded_at, e.digest, e.salt, e.content";

  static StoredEntry of(ResultSet row, int number) throws SQLException {
    return new StoredEntry(
        row.getLong("number"),
        row.getString("organization"),
        row.getObject("message_id", UUID.class),
        row.getString("kind"),
        row.getTimestamp("recorded_at").toInstant(),
        row.getBytes("digest"),
        row.getBytes("salt"),
        row.getString("content"));
  }

  byte[] leaf() {
    return DossierDigests.leaf(organization, number, message, kind, recordedAt, digest);
  }

  /** Whether its content was erased. */
  public boolean isErased() {
    return content == null || salt == null;
  }

  /** Whether the content, unless it was erased, is the one that was recorded. */
  boolean isContentGenuine() {
    return content == null
        || salt == null
        || Arrays.equals(DossierDigests.content(salt, content), digest);
  }
}
