package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The PostgreSQL of the system, which has {@code pg_dump} and {@code pg_restore} of its own version
 * beside it, unlike the embedded one. Its user {@code byo_email} has the rights that a gateway
 * needs, and no others.
 */
public final class InstalledPostgres extends ServiceProcess {
  /** To be given to {@link RequiresPrograms}. */
  public static final String PROGRAM = "pg_dump";

  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final String NAME = "byo_email";

  private final Path data;

  /** Makes one below the folder and starts it. */
  public InstalledPostgres(Path dir) {
    super("postgresql", dir);
    this.data = dir.resolve("data");
    List<String> make = new ArrayList<>(asAnotherUser());
    make.addAll(
        List.of(program("initdb"), "--username=postgres", "--auth=trust", "--encoding=UTF8"));
    make.addAll(List.of("--no-locale", "--no-sync", "--pgdata=" + data));
    Command.run(make);
    start();
    // It listens before it has finished starting.
    Awaitility.await("PostgreSQL to start").ignoreExceptions().until(this::acceptsStatements);
    psql("CREATE ROLE " + NAME + " LOGIN PASSWORD '" + NAME + "'");
    createDatabase();
  }

  /** The newest version that is installed. */
  public static String program(String name) {
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .filter(folder -> folder.getFileName().toString().matches("\\d+"))
          .max(Comparator.comparing(folder -> Integer.valueOf(folder.getFileName().toString())))
          .orElseThrow()
          .resolve("bin")
          .resolve(name)
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + NAME;
  }

  /** Of the gateway's user, as the programs of PostgreSQL read it. */
  public String uri() {
    return "postgresql://%1$s:%1$s@127.0.0.1:%2$d/%1$s".formatted(NAME, port());
  }

  /** Of an administrator. */
  public String administratorUri() {
    return "postgresql://postgres@127.0.0.1:" + port() + "/postgres";
  }

  public String user() {
    return NAME;
  }

  public String password() {
    return NAME;
  }

  private void createDatabase() {
    psql("CREATE DATABASE " + NAME + " OWNER " + NAME);
  }

  private boolean acceptsStatements() {
    psql("SELECT 1");
    return true;
  }

  private void psql(String statement) {
    Command.run(List.of(program("psql"), "--no-psqlrc", "-c", statement, administratorUri()));
  }

  @Override
  List<String> command() {
    List<String> command = new ArrayList<>(asAnotherUser());
    command.addAll(
        List.of(program("postgres"), "-D", data.toString(), "-p", String.valueOf(port())));
    command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
    return command;
  }

  /** It refuses to run as root. */
  private static List<String> asAnotherUser() {
    return Requirements.isRoot() ? List.of("unshare", "--user") : List.of();
  }

  /** Without waiting for its clients. */
  @Override
  String stopSignal() {
    return "INT";
  }
}
