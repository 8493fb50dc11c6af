package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real mail server as a JUnit extension: started at its first use, started again after a test
 * that stopped it, ended with the JVM. The log of a failed test is kept in {@code
 * target/mail-servers}.
 */
abstract class MailServer
    implements ExecutionCondition,
        BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AutoCloseable {
  private static final int PRINTED_LINES = 40;

  private @Nullable Daemon daemon;

  /** Writes the configuration of the server, for ports of its own. */
  abstract Daemon prepare();

  /** The name that is used for certificates; it resolves to the loopback address. */
  public final String host() {
    return "localhost";
  }

  /** Starts the server, on the same ports as before, if it is not running. */
  public final void start() {
    daemon().start();
  }

  /** Stops the server and returns when it has ended; its mails stay. */
  public final void stop() {
    daemon().stop();
  }

  /** The server's log file. */
  public final Path log() {
    return directory().resolve("server.log");
  }

  final Path directory() {
    return daemon().directory();
  }

  private synchronized Daemon daemon() {
    if (daemon == null) {
      daemon = prepare();
      daemon.start();
    }
    return daemon;
  }

  /** Ends the server and deletes its mails. The end of the JVM does it too. */
  @Override
  public final synchronized void close() throws IOException, InterruptedException {
    if (daemon != null) {
      daemon.close();
      daemon = null;
    }
  }

  @Override
  public final void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public final void beforeEach(ExtensionContext context) {
    start();
  }

  @Override
  public final void afterEach(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent()) {
      keepLog(context);
    }
    start();
  }

  private void keepLog(ExtensionContext context) throws IOException {
    String server = getClass().getSimpleName();
    String test = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
    Path kept =
        Path.of("target", "mail-servers", test.replaceAll("\\W+", "-") + "-" + server + ".log");
    Files.createDirectories(kept.getParent());
    List<String> lines = readLog();
    Files.write(kept, lines);
    List<String> last = lines.subList(Math.max(0, lines.size() - PRINTED_LINES), lines.size());
    System.err.printf("Log of %s, complete in %s:%n%s%n", server, kept, String.join("\n", last));
  }

  private List<String> readLog() {
    try {
      return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + log(), e);
    }
  }
}
