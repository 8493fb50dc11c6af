package org.byoemail.account.registry;

/**
 * A column of sealed secrets, and how they are resealed.
 *
 * @param table its table
 * @param key the table's key, which a secret is bound to
 * @param name its name
 * @param field what its secrets are bound to in addition to the key of their row
 * @param update sets {@code :fresh} in the row {@code :owner} if that still has {@code :sealed}
 */
public record SealedColumn(String table, String key, String name, String field, String update) {
  /** Counts {@code sealed}, those that begin with {@code :prefix}, and {@code total}. */
  String count() {
    return """
    SELECT count(*) FILTER (WHERE substring(%1$s FOR 5) = :prefix) AS sealed, count(*) AS total
    FROM %2$s WHERE %1$s IS NOT NULL
    """
        .formatted(name, table);
  }

  /**
   * Locks up to {@code :limit} rows after {@code :after} that do not begin with {@code :prefix}, as
   * {@code owner} and {@code sealed}. Locked ones are skipped: it never waits for their change.
   */
  String select() {
    return """
    SELECT %3$s AS owner, %1$s AS sealed FROM %2$s
    WHERE substring(%1$s FOR 5) <> :prefix AND %3$s > :after
    ORDER BY %3$s LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
    """
        .formatted(name, table, key);
  }

  @Override
  public String toString() {
    return table + "." + name;
  }
}
