package org.byoemail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL as a process of its own, on loopback TCP only, with a password, and durable: fsync and
 * synchronous_commit are on. It runs in a session of its own, so that Ctrl-C in a terminal reaches
 * the JVM only, which stops PostgreSQL last.
 */
final class PostgresServer implements AutoCloseable {
  /** A data folder of another major version is refused. */
  static final String MAJOR = "18";

  static final String USER = "postgres";
  static final String DATABASE = "byo_email";
  private static final String SECRET = "postgres-password";
  private static final String HOST = "127.0.0.1";
  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);

  private final Path bin;
  private final Path cluster;
  private final ServerLog serverLog;
  private final LocalSecrets secrets;
  private final OwnProcesses processes;
  private final EmbeddedSettings settings;
  private final CommandRunner commands;
  private int port;

  PostgresServer(
      DataFolder data, ServerBinaries binaries, OwnProcesses processes, EmbeddedSettings settings) {
    this.cluster = data.root().resolve("postgres");
    this.serverLog = new ServerLog(data.folder("logs").resolve("postgres.log"));
    this.secrets = data.secrets();
    requireVersion();
    this.bin = binaries.postgres().resolve("bin");
    this.processes = processes;
    this.settings = settings;
    this.commands =
        new CommandRunner(serverLog.file(), settings.startTimeout(), UnprivilegedUser.stepDown());
  }

  /**
   * Starts it and creates its database if absent.
   *
   * @throws EmbeddedPartFailed if it does not accept connections in time
   */
  PostgresServer start() {
    port = Ports.toListenOn(HOST, settings.postgres().port(), "byo.embedded.postgres.port");
    try {
      serverLog.rotate();
      if (!Files.exists(cluster)) {
        create();
      }
      forgetDeadPostmaster();
      run(
          "start PostgreSQL",
          "pg_ctl",
          "start",
          "-D",
          cluster.toString(),
          "-w",
          "-s",
          "-t",
          "" + settings.startTimeout().toSeconds(),
          "-l",
          serverLog.file().toString(),
          "-o",
          options(port));
      Files.writeString(
          processes.pidFile("postgres"),
          Files.readAllLines(cluster.resolve("postmaster.pid")).get(0) + "\n");
    } catch (IOException e) {
      throw failed("start PostgreSQL", e);
    }
    log.info("PostgreSQL {} listens on {}:{}, its data is in {}", MAJOR, HOST, port, cluster);
    return this;
  }

  String url() {
    return "jdbc:postgresql://" + HOST + ":" + port + "/" + DATABASE;
  }

  String password() {
    return secrets.password(SECRET);
  }

  @Override
  public void close() {
    processes
        .named(cluster.resolve("postmaster.pid"))
        .ifPresent(postmaster -> processes.stop(postmaster, settings.stopTimeout()));
    try {
      Files.deleteIfExists(processes.pidFile("postgres"));
    } catch (IOException e) {
      log.warn("Cannot delete {}", processes.pidFile("postgres"), e);
    }
    log.info("PostgreSQL has stopped");
  }

  private void requireVersion() {
    if (!Files.exists(cluster)) {
      return;
    }
    String found;
    try {
      found = Files.readString(cluster.resolve("PG_VERSION")).strip();
    } catch (IOException e) {
      throw new EmbeddedPartFailed(
          cluster + " is no data folder of PostgreSQL: " + e.getMessage() + ".",
          "Move it away, or choose another data folder: byo.data-dir (BYO_DATA_DIR).",
          e);
    }
    if (!found.equals(MAJOR)) {
      throw new EmbeddedPartFailed(
          cluster + " was written by PostgreSQL " + found + "; this version brings " + MAJOR + ".",
          "Upgrade it with pg_upgrade or a dump, or choose another data folder: byo.data-dir"
              + " (BYO_DATA_DIR).");
    }
    if (!secrets.has(SECRET)) {
      throw new EmbeddedPartFailed(
          "The password of the database in "
              + cluster
              + " is lost: "
              + secrets.file(SECRET)
              + " is missing.",
          "Put it back from a backup, or move "
              + cluster
              + " away to start with an empty database.");
    }
  }

  // Created aside and renamed when complete: a start that is killed leaves no partial cluster.
  private void create() throws IOException {
    Path part = cluster.resolveSibling("postgres.part");
    FileSystemUtils.deleteRecursively(part);
    password();
    // The builtin locale sorts the same on every machine.
    run(
        "make a database",
        "initdb",
        "-D",
        part.toString(),
        "-U",
        USER,
        "-E",
        "UTF8",
        "-A",
        "scram-sha-256",
        "--pwfile=" + secrets.file(SECRET),
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8");
    Path sql =
        Files.writeString(
            part.resolveSibling("postgres.sql"), "CREATE DATABASE " + DATABASE + ";\n");
    List<String> single =
        List.of(program("postgres"), "--single", "-D", part.toString(), "postgres");
    if (!commands.run(single, ProcessBuilder.Redirect.from(sql.toFile()))) {
      throw failed("make a database", null);
    }
    Files.delete(sql);
    Files.move(part, cluster);
  }

  // The pid in a stale postmaster.pid may belong to another program by now, which PostgreSQL would
  // take for a running server. None runs here: the folder is locked and orphans are stopped.
  private void forgetDeadPostmaster() throws IOException {
    Path pidFile = cluster.resolve("postmaster.pid");
    if (Files.exists(pidFile) && processes.named(pidFile).isEmpty()) {
      Files.delete(pidFile);
    }
  }

  private static String options(int port) {
    return String.join(
        " -c ",
        "-p " + port,
        "listen_addresses=" + HOST,
        "unix_socket_directories=",
        "fsync=on",
        "full_page_writes=on",
        "synchronous_commit=on",
        "timezone=UTC");
  }

  private void run(String what, String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program(program)));
    command.addAll(List.of(arguments));
    if (!commands.run(command, CommandRunner.NO_INPUT)) {
      throw failed(what, null);
    }
  }

  private String program(String name) {
    return bin.resolve(name).toString();
  }

  private EmbeddedPartFailed failed(String what, @Nullable IOException cause) {
    return new EmbeddedPartFailed(
        "Cannot " + what + ": " + serverLog.lastError(),
        "See " + serverLog.file() + "; or use a PostgreSQL of your own: SPRING_DATASOURCE_URL.",
        cause);
  }
}
