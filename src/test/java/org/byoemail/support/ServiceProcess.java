package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A service in a process of its own on a port that it keeps, which a test stops, kills and starts
 * again. It ends with this JVM. Used by one thread at a time.
 */
public abstract class ServiceProcess implements AutoCloseable {
  /** Options of a JVM that ends soon and whose classes are another project's. */
  static final List<String> SHORT_LIVED =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name;
  private final Path dir;
  private final int port = FreePorts.next();
  private volatile @Nullable Process process;

  /**
   * @param dir holds its data over restarts, and its log
   */
  ServiceProcess(String name, Path dir) {
    this.name = name;
    this.dir = dir;
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  abstract List<String> command() throws IOException;

  Map<String, String> environment() {
    return Map.of();
  }

  Path dir() {
    return dir;
  }

  public int port() {
    return port;
  }

  /** Its process, to measure it by. */
  public long pid() {
    return running().pid();
  }

  /** Starts it and waits until it listens. */
  public void start() {
    try {
      ProcessBuilder builder = new ProcessBuilder(command());
      builder.environment().putAll(environment());
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(name + ".log").toFile()));
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Awaitility.await(name + " listens; see " + dir)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(this::listens);
    } catch (RuntimeException e) {
      kill();
      throw e;
    }
  }

  private boolean listens() {
    if (!running().isAlive()) {
      throw new IllegalStateException(name + " ended; see " + dir);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it in good order. */
  public void stop() {
    Signals.send(stopSignal(), pid());
    awaitEnd();
  }

  /** The signal after which it ends without waiting for its clients. */
  String stopSignal() {
    return "TERM";
  }

  /** SIGKILL. */
  public void kill() {
    Process present = process;
    if (present != null && present.isAlive()) {
      present.destroyForcibly();
      awaitEnd();
    }
  }

  @Override
  public void close() {
    Process present = process;
    if (present != null && present.isAlive()) {
      stop();
    }
  }

  private Process running() {
    Process present = process;
    if (present == null) {
      throw new IllegalStateException(name + " has not been started");
    }
    return present;
  }

  private void awaitEnd() {
    try {
      if (!running().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        running().destroyForcibly();
        throw new IllegalStateException(name + " did not end; see " + dir);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " ended", e);
    }
  }
}
