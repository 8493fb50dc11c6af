package org.byoemail.support;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The rows of all tables of a database, put aside and put back as a restore from a backup does. */
public final class TableBackup implements AutoCloseable {
  private final JdbcClient jdbc;
  private final JdbcTemplate statements;
  private final TransactionTemplate transactions;

  private TableBackup(JdbcClient jdbc, JdbcTemplate statements, TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.statements = statements;
    this.transactions = transactions;
  }

  /** Makes a backup. */
  public static TableBackup of(
      JdbcClient jdbc, JdbcTemplate statements, TransactionTemplate transactions) {
    TableBackup backup = new TableBackup(jdbc, statements, transactions);
    transactions.executeWithoutResult(
        status -> {
          statements.execute("DROP SCHEMA IF EXISTS backup CASCADE");
          statements.execute("CREATE SCHEMA backup");
          for (String table : backup.tables()) {
            statements.execute(
                "CREATE TABLE backup." + table + " AS SELECT * FROM public." + table);
          }
        });
    return backup;
  }

  /** Puts the rows back, in place of all that are there. */
  public void restore() {
    transactions.executeWithoutResult(
        status -> {
          statements.execute("SET LOCAL session_replication_role = replica");
          for (String table : tables()) {
            statements.execute("DELETE FROM public." + table);
            String columns = columns(table);
            statements.execute(
                "INSERT INTO public.%s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM backup.%s"
                    .formatted(table, columns, columns, table));
          }
        });
  }

  private String columns(String table) {
    return jdbc.sql(
            """
            SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = :table AND is_generated = 'NEVER'
            """)
        .param("table", table)
        .query(String.class)
        .single();
  }

  private List<String> tables() {
    return jdbc.sql(
            """
            SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'flyway_schema_history'
            ORDER BY tablename
            """)
        .query(String.class)
        .list();
  }

  @Override
  public void close() {
    statements.execute("DROP SCHEMA IF EXISTS backup CASCADE");
  }
}
