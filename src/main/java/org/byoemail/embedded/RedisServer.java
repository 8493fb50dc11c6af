package org.byoemail.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis as a process of its own, on loopback only, with a password and an append-only file. It
 * makes itself a session of its own, so that Ctrl-C in a terminal reaches the JVM alone.
 */
final class RedisServer implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  private static final String PROGRAM = "redis-server";
  private static final Duration BIRTH = Duration.ofSeconds(2);
  private static final int ANSWER_MILLIS = 500;
  private static final Logger log = LoggerFactory.getLogger(RedisServer.class);

  private final Path program;
  private final Path folder;
  private final Path configuration;
  private final ServerLog serverLog;
  private final String password;
  private final OwnProcesses processes;
  private final EmbeddedSettings settings;
  private int port;

  RedisServer(
      DataFolder data, ServerBinaries binaries, OwnProcesses processes, EmbeddedSettings settings) {
    this.program = binaries.redis();
    this.folder = data.folder("redis");
    this.configuration = data.folder("run").resolve("redis.conf");
    this.serverLog = new ServerLog(data.folder("logs").resolve("redis.log"));
    this.password = data.secrets().password("redis-password");
    this.processes = processes;
    this.settings = settings;
  }

  /**
   * Starts it.
   *
   * @throws EmbeddedPartFailed if it does not answer in time
   */
  RedisServer start() {
    port = Ports.toListenOn(HOST, settings.redis().port(), "byo.embedded.redis.port");
    try {
      serverLog.rotate();
      PrivateFiles.write(configuration, configuration());
      CommandRunner commands =
          new CommandRunner(serverLog.file(), settings.startTimeout(), List.of());
      boolean born =
          commands.run(
              List.of(program.toString(), configuration.toString()), CommandRunner.NO_INPUT);
      if (!born || !isReady()) {
        throw failed(null);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    log.info("Redis listens on {}:{}, its data is in {}", HOST, port, folder);
    return this;
  }

  int port() {
    return port;
  }

  String password() {
    return password;
  }

  @Override
  public void close() {
    processes.running(PROGRAM).forEach(process -> processes.stop(process, settings.stopTimeout()));
    log.info("Redis has stopped");
  }

  // It reads its file before it answers; a process that has ended never will.
  private boolean isReady() {
    if (BoundedWait.until(BIRTH, this::answers)) {
      return true;
    }
    BoundedWait.until(
        settings.startTimeout(), () -> answers() || processes.running(PROGRAM).findAny().isEmpty());
    return answers();
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(HOST, port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket
          .getOutputStream()
          .write(("AUTH " + password + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes("+OK\r\n+PONG".length()), StandardCharsets.US_ASCII)
          .equals("+OK\r\n+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  private String configuration() {
    return String.join(
        "\n",
        "bind " + HOST,
        "port " + port,
        "requirepass " + password,
        "daemonize yes",
        "pidfile " + quoted(processes.pidFile("redis")),
        "logfile " + quoted(serverLog.file()),
        "dir " + quoted(folder),
        "appendonly yes",
        "save \"\"",
        "");
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private EmbeddedPartFailed failed(@Nullable IOException cause) {
    return new EmbeddedPartFailed(
        "Redis did not start: " + serverLog.lastError(),
        "See " + serverLog.file() + "; or use a Redis of your own: SPRING_DATA_REDIS_URL.",
        cause);
  }
}
