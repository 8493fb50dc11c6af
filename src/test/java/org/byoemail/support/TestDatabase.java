package org.byoemail.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.test.context.DynamicPropertyRegistry;

/** A PostgreSQL for this JVM, started at the first use. */
public final class TestDatabase {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger NUMBER = new AtomicInteger();

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
    String database = name + "_" + NUMBER.incrementAndGet();
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    TestTime.prepare(SERVER.getDatabase("postgres", database));
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
