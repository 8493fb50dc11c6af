package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A server that speaks S3, with its objects in its memory, as a process of its own. */
public final class S3Server implements AutoCloseable {
  public static final String ACCESS_KEY = "test-access-key";
  public static final String SECRET_KEY = "test-secret-key-0123456789";

  private final Process process;
  private final int port;
  private final Path settings;

  private S3Server(Process process, int port, Path settings) {
    this.process = process;
    this.port = port;
    this.settings = settings;
  }

  /** Starts it and waits until it answers. */
  public static S3Server start() {
    int port = FreePorts.next();
    try {
      Path settings = Files.createTempFile("s3proxy-", ".properties");
      Files.writeString(
          settings,
          String.join(
              "\n",
              "s3proxy.authorization=aws-v2-or-v4",
              "s3proxy.identity=" + ACCESS_KEY,
              "s3proxy.credential=" + SECRET_KEY,
              "s3proxy.endpoint=http://127.0.0.1:" + port,
              "jclouds.provider=transient-nio2",
              "jclouds.identity=unused",
              "jclouds.credential=unused"));
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      Process process =
          new ProcessBuilder(
                  java.toString(),
                  "-Xmx256m",
                  "-jar",
                  Path.of("target", "servers", "s3proxy.jar").toString(),
                  "--properties",
                  settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(Path.of("target", "servers", "s3proxy.log").toFile())
              .start();
      S3Server server = new S3Server(process, port, settings);
      Awaitility.await("the S3 server")
          .atMost(Duration.ofSeconds(60))
          .until(() -> server.answers() || !process.isAlive());
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false; // Not listening yet.
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
