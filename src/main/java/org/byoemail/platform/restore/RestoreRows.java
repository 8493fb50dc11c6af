package org.byoemail.platform.restore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The row of {@code database_life}, and the identity of the database. Thread-safe. */
@Repository
class RestoreRows {
  private static final Logger log = LoggerFactory.getLogger(RestoreRows.class);

  private final JdbcClient jdbc;

  RestoreRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  RestoreRow read() {
    return jdbc.sql("SELECT * FROM database_life").query(RestoreRow::of).single();
  }

  /** Locks the row in the caller's transaction. */
  RestoreRow lock() {
    return jdbc.sql("SELECT * FROM database_life FOR UPDATE").query(RestoreRow::of).single();
  }

  /**
   * Increments the counter, unless that was done in the last seconds.
   *
   * @return the new value, or null
   */
  @Nullable Long raise(int seconds) {
    return jdbc.sql(
            """
            UPDATE database_life SET counter = counter + 1, raised_at = statement_timestamp()
            WHERE raised_at <= statement_timestamp() - :seconds * interval '1 second' RETURNING counter
            """)
        .param("seconds", seconds)
        .query(Long.class)
        .optional()
        .orElse(null);
  }

  void raiseAbove(long counter) {
    jdbc.sql(
            """
            UPDATE database_life SET counter = greatest(counter, :counter) + 1, raised_at = statement_timestamp()
            """)
        .param("counter", counter)
        .update();
  }

  void identify(String identity) {
    jdbc.sql("UPDATE database_life SET identity = :identity").param("identity", identity).update();
  }

  void restored(String reason, boolean behind) {
    jdbc.sql(
            """
            UPDATE database_life SET restored_at = statement_timestamp(), backup_at = raised_at, reason = :reason,
              behind = :behind, reconciling_since = NULL, reconciling_node = NULL, reconciling_until = NULL,
              found = 0, held = 0, reconciled_at = NULL
            """)
        .param("reason", reason)
        .param("behind", behind)
        .update();
  }

  void reconciling() {
    jdbc.sql("UPDATE database_life SET reconciling_since = statement_timestamp()").update();
  }

  /**
   * Acquires or renews a node's lease for reconciling; false if another node has it, or nothing is
   * to be reconciled.
   */
  boolean lease(String node, int seconds) {
    return jdbc.sql(
                """
                UPDATE database_life SET reconciling_node = :node,
                  reconciling_until = statement_timestamp() + :seconds * interval '1 second'
                WHERE reconciling_since IS NOT NULL AND reconciled_at IS NULL
                  AND (reconciling_node IS NULL OR reconciling_node = :node OR reconciling_until < statement_timestamp())
                """)
            .param("node", node)
            .param("seconds", seconds)
            .update()
        == 1;
  }

  void progress(int found, int held) {
    jdbc.sql("UPDATE database_life SET found = found + :found, held = held + :held")
        .param("found", found)
        .param("held", held)
        .update();
  }

  void reconciled(String identity) {
    jdbc.sql(
            """
            UPDATE database_life SET reconciled_at = statement_timestamp(), reconciling_since = NULL, identity = :identity
            """)
        .param("identity", identity)
        .update();
  }

  /**
   * The identity of this database: the system identifier of the cluster, if the user may read it,
   * and the OIDs of the database and the table. A database into which a backup is restored has a
   * different one.
   */
  String identity() {
    String ids =
        Objects.requireNonNull(
            jdbc.sql(
                    """
                    SELECT d.oid || '/' || 'database_life'::regclass::oid FROM pg_database d WHERE d.datname = current_database()
                    """)
                .query(String.class)
                .single());
    return cluster() + "/" + ids;
  }

  private String cluster() {
    try {
      boolean allowed =
          jdbc.sql("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')")
              .query(Boolean.class)
              .single();
      return allowed
          ? jdbc.sql("SELECT system_identifier::text FROM pg_control_system()")
              .query(String.class)
              .single()
          : "-";
    } catch (DataAccessException e) {
      log.debug("the identifier of the database cluster cannot be read: {}", e.getMessage());
      return "-";
    }
  }

  /** Whether two identities may be the same database: an unknown cluster matches any. */
  static boolean same(String one, String other) {
    String[] a = one.split("/", 2);
    String[] b = other.split("/", 2);
    boolean cluster = a[0].equals(b[0]) || a[0].equals("-") || b[0].equals("-");
    return cluster && a[1].equals(b[1]);
  }
}
