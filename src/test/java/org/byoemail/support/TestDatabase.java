package org.byoemail.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringApplication;
import org.springframework.test.context.DynamicPropertyRegistry;

/** A PostgreSQL for this JVM, started at the first use. */
public final class TestDatabase {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** What the others are copied from, so that migrations run once for this JVM. */
  private static final class Migrated {
    static final String NAME = empty("migrated");

    static {
      Flyway.configure()
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .dataSource(SERVER.getDatabase("postgres", NAME))
          .load()
          .migrate();
    }
  }

  private TestDatabase() {}

  /**
   * Tells Spring of a database made for it: no context sees the rows of another, and no gateway
   * that one test runs takes the work of another.
   */
  public static void register(DynamicPropertyRegistry registry) {
    register(registry, "test");
  }

  /** The same, with a name that is easier to find in a log. */
  public static void register(DynamicPropertyRegistry registry, String name) {
    String database = next(name);
    execute("postgres", "CREATE DATABASE " + database + " TEMPLATE " + Migrated.NAME);
    // What a database has of its own: settings, which are not copied, and its identity.
    execute(
        database,
        TestTime.SEARCH_PATH + "; UPDATE database_life SET id = pg_catalog.gen_random_uuid()");
    register(database, registry);
  }

  /** Tells Spring of a database without tables, for a test of what makes them. */
  public static void registerEmpty(DynamicPropertyRegistry registry, String name) {
    register(empty(next(name)), registry);
  }

  private static String next(String name) {
    return name + "_" + NUMBER.incrementAndGet();
  }

  private static String empty(String database) {
    execute("postgres", "CREATE DATABASE " + database);
    TestTime.prepare(SERVER.getDatabase("postgres", database));
    return database;
  }

  private static void execute(String database, String sql) {
    try (Connection connection = SERVER.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void register(String database, DynamicPropertyRegistry registry) {
    registry.add("spring.datasource.url", () -> SERVER.getJdbcUrl("postgres", database));
    registry.add("spring.datasource.username", () -> "postgres");
    registry.add("spring.datasource.password", () -> "postgres");
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server = EmbeddedPostgres.builder().setRegisterShutdownHook(false).start();
      // After the contexts have closed, which would wait for it otherwise.
      SpringApplication.getShutdownHandlers().add(() -> stop(server));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
