package org.byoemail.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL that keeps every promise (fsync and synchronous commits are on), on a port and in a
 * folder that it keeps while a test stops, kills and starts it again. Used by one thread at a time.
 */
public final class PostgresProcess implements AutoCloseable {
  private static final int CONNECTIONS = 300;

  private final Path data;
  private final int port = FreePorts.next();
  private @Nullable EmbeddedPostgres server;

  PostgresProcess(Path dir) {
    this.data = dir.resolve("postgres");
  }

  /** Starts one with its data below the folder. */
  public static PostgresProcess started(Path dir) {
    PostgresProcess process = new PostgresProcess(dir);
    process.start();
    return process;
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url());
    source.setUser("postgres");
    source.setPassword("postgres");
    return source;
  }

  /** The process of its postmaster, to measure it and its children by. */
  public long pid() {
    try {
      return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void start() {
    try {
      server =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setPort(port)
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .setServerConfig("max_connections", String.valueOf(CONNECTIONS))
              .setServerConfig("shared_preload_libraries", "pg_stat_statements")
              .setPGStartupWait(Duration.ofSeconds(60))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it in good order; its clients are cut off. */
  public void stop() {
    EmbeddedPostgres running = server;
    server = null;
    if (running != null) {
      try {
        running.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** SIGSTOP to all of it: connections stay open and nothing is answered. */
  public void freeze() {
    long postmaster = pid();
    Signals.send("STOP", postmaster);
    backends(postmaster).forEach(pid -> Signals.send("STOP", pid));
  }

  /** SIGCONT: it goes on as if no time had passed. */
  public void thaw() {
    long postmaster = pid();
    backends(postmaster).forEach(pid -> Signals.send("CONT", pid));
    Signals.send("CONT", postmaster);
  }

  private static List<Long> backends(long postmaster) {
    return ProcessHandle.of(postmaster).stream()
        .flatMap(ProcessHandle::descendants)
        .map(ProcessHandle::pid)
        .toList();
  }

  /** SIGKILL to all of it: it recovers from its log at the next start. */
  public void kill() {
    long postmaster = pid();
    List<Long> all = backends(postmaster);
    Signals.send("KILL", postmaster);
    Awaitility.await("the postmaster is gone")
        .until(() -> ProcessHandle.of(postmaster).filter(ProcessHandle::isAlive).isEmpty());
    // A backend ends by itself when its postmaster is gone; the next start would refuse before.
    Awaitility.await("its backends are gone")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                all.stream()
                    .noneMatch(
                        pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
    stop();
  }

  /** Runs a statement; for what a test has to arrange or to count. */
  public void execute(String sql) {
    try (Connection connection = dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
