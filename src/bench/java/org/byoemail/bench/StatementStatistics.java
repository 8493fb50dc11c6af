package org.byoemail.bench;

import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database was asked since the last reset, by {@code pg_stat_statements}. */
final class StatementStatistics {
  private final JdbcClient jdbc;

  StatementStatistics(DataSource database) {
    jdbc = JdbcClient.create(database);
    jdbc.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").update();
  }

  /** Counts from now on. */
  void reset() {
    jdbc.sql("SELECT pg_stat_statements_reset()").query(row -> {});
  }

  /** The number of statements. */
  long calls() {
    return jdbc.sql("SELECT sum(calls) FROM pg_stat_statements").query(Long.class).single();
  }

  /** Prints the most frequent ones, and those that took longest among equals. */
  void print(int most, int mails) {
    jdbc.sql(
            """
            SELECT calls, rows, total_exec_time,
                   left(regexp_replace(query, '\\s+', ' ', 'g'), 140) AS query
            FROM pg_stat_statements
            ORDER BY calls DESC, total_exec_time DESC
            LIMIT :most""")
        .param("most", most)
        .query(
            row -> {
              System.out.printf(
                  "  %8d calls %8d rows %7.1f us/mail  %s%n",
                  row.getLong("calls"),
                  row.getLong("rows"),
                  row.getDouble("total_exec_time") * 1000 / mails,
                  row.getString("query"));
            });
  }
}
