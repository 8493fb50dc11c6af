package org.byoemail.support;

import java.util.stream.Collectors;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Deletes the rows of tables and of all tables that refer to them. TRUNCATE gives each table and
 * index a new file, which takes as long as a test.
 */
public final class TestTables {
  private static final int MAX_ATTEMPTS = 5;

  private final JdbcClient jdbc;
  private final String statement;

  public TestTables(JdbcClient jdbc, String... names) {
    this.jdbc = jdbc;
    this.statement = statement(names);
  }

  /** Empties them, in one transaction; again if another transaction needed a row meanwhile. */
  public void clear() {
    for (int attempt = 1; ; attempt++) {
      try {
        jdbc.sql(statement).update();
        return;
      } catch (PessimisticLockingFailureException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private String statement(String... names) {
    return jdbc
        .sql(
            """
            WITH RECURSIVE tables (id) AS (
              SELECT name::regclass::oid FROM unnest(:names) AS name
              UNION
              SELECT c.conrelid FROM tables t JOIN pg_constraint c ON c.confrelid = t.id AND c.contype = 'f')
            SELECT id::regclass::text FROM tables ORDER BY 1
            """)
        .param("names", names)
        .query(String.class)
        .list()
        .stream()
        .map(table -> "DELETE FROM " + table + ";")
        .collect(
            Collectors.joining(
                "\n",
                // Without triggers the order does not matter.
                "DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true);\n",
                "\nEND $$"));
  }
}
