package org.byoemail.support;

import io.github.bucket4j.TimeMeter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * Makes PostgreSQL and the counters in Redis go by a {@link SettableClock}. The program asks
 * PostgreSQL for {@code statement_timestamp()}; in a database of a test that is a function which is
 * found before the one of PostgreSQL, and says the same until a clock is set. No component, so that
 * no scan finds it.
 */
public class TestTime {
  private static final String FUNCTION =
      """
      CREATE OR REPLACE FUNCTION test_time.statement_timestamp() RETURNS timestamptz
        LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT %s $$
      """;

  /** For a copy of a database that was prepared: connections that are made from now on. */
  static final String SEARCH_PATH =
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I"
          + " SET search_path = public, test_time, pg_catalog', current_database()); END $$";

  /** For a new database: connections that are made from now on find the function. */
  static void prepare(DataSource database) {
    execute(
        database,
        "CREATE SCHEMA test_time;"
            + FUNCTION.formatted("pg_catalog.statement_timestamp()")
            + "; "
            + SEARCH_PATH);
  }

  @Bean
  InitializingBean databaseTime(SettableClock clock, DataSource database) {
    return () -> clock.follow(time -> set(database, time));
  }

  @Bean
  @Primary
  TimeMeter counterTime(SettableClock clock) {
    return new TimeMeter() {
      @Override
      public long currentTimeNanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
      }

      @Override
      public boolean isWallClockBased() {
        return true;
      }
    };
  }

  /** Sets the clock of a database, which stands still from then on. */
  public static void set(DataSource database, Instant time) {
    execute(database, FUNCTION.formatted("timestamptz '" + time + "'"));
  }

  private static void execute(DataSource database, String sql) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
