package org.byoemail.platform.dossier;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link of an organisation's chain.
 *
 * @param number from 1, without gaps
 * @param previous the head before
 * @param root of the entries' Merkle tree
 * @param count of its entries
 * @param entries their numbers, in the order of the tree; null: deleted after their retention
 *     period
 * @param upTo the highest number of an entry that was sealed so far, of any organisation
 * @param key the id of the key that signed it; null: no key was configured
 */
public record Seal(
    String organization,
    long number,
    byte[] previous,
    byte[] root,
    byte[] head,
    Instant sealedAt,
    int count,
    @Nullable List<Long> entries,
    long upTo,
    @Nullable String key,
    byte @Nullable [] signature) {

  static Seal of(ResultSet row, int rowNumber) throws SQLException {
    Array entries = row.getArray("entries");
    return new Seal(
        row.getString("organization"),
        row.getLong("number"),
        row.getBytes("previous"),
        row.getBytes("root"),
        row.getBytes("head"),
        row.getTimestamp("sealed_at").toInstant(),
        row.getInt("entry_count"),
        entries == null ? null : List.copyOf(Arrays.asList((Long[]) entries.getArray())),
        row.getLong("up_to"),
        row.getString("key_id"),
        row.getBytes("signature"));
  }

  /** The head that its data has. */
  byte[] expectedHead() {
    return DossierDigests.head(organization, number, previous, root, count, sealedAt, key);
  }
}
