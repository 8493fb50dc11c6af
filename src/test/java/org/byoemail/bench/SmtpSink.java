package org.byoemail.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.byoemail.support.FreePorts;

/** Postfix's smtp-sink: takes every mail, and writes it down, so that each can be counted. */
final class SmtpSink implements AutoCloseable {
  private static final String SUBJECT = "Subject: ";

  private final Path dir;
  private final int port = FreePorts.next();
  private final Process process;

  /**
   * @param options of smtp-sink, such as {@code -w 2}
   */
  SmtpSink(Path dir, String... options) {
    this.dir = dir;
    try {
      Files.createDirectories(dir);
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
      for (Path above = dir.getParent(); isOurs(above); above = above.getParent()) {
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      List<String> command =
          new ArrayList<>(List.of("/usr/sbin/smtp-sink", "-u", "nobody", "-R", dir.toString()));
      command.addAll(List.of("-D", "mails.%H%M"));
      command.addAll(List.of(options));
      command.addAll(List.of("-m", "1000", "127.0.0.1:" + port, "1000"));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("sink.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("the sink listens; see " + dir).until(this::listens);
  }

  int port() {
    return port;
  }

  /** How often each subject has arrived, of those that begin so. */
  Map<String, Integer> arrived(String prefix) {
    Map<String, Integer> counts = new HashMap<>();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("mails")).toList()) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
          lines
              .filter(line -> line.startsWith(SUBJECT + prefix))
              .forEach(line -> counts.merge(line.substring(SUBJECT.length()), 1, Integer::sum));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counts;
  }

  /** Fails unless each of so many has arrived exactly once. */
  void requireEachOnce(String prefix, int count) {
    Map<String, Integer> arrived = arrived(prefix);
    long doubled = arrived.values().stream().filter(n -> n > 1).count();
    if (arrived.size() != count || doubled > 0) {
      throw new IllegalStateException(
          "of %d mails '%s...' %d arrived, %d of them more than once"
              .formatted(count, prefix, arrived.size(), doubled));
    }
  }

  @Override
  public void close() {
    process.destroy();
  }

  private static boolean isOurs(Path dir) throws IOException {
    return dir.getNameCount() > 1
        && Files.getOwner(dir).getName().equals(System.getProperty("user.name"));
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new IllegalStateException("smtp-sink ended; see " + dir);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
