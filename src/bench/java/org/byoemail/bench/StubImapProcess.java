package org.byoemail.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.byoemail.bench.StubImapServer.Figures;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ServerCertificate;

/**
 * A {@link StubImapServer} in a process of its own, so that what it needs is not measured with what
 * it serves. Its certificate, for {@code localhost}, is of {@link CertificateAuthority#shared()}.
 * Ends with this JVM at the latest. Safe for use by several threads.
 */
final class StubImapProcess implements AutoCloseable {
  private final Process process;
  private final PrintStream requests;
  private final BufferedReader answers;
  private final int port;
  private final int tlsPort;

  private StubImapProcess(Process process) throws IOException {
    this.process = process;
    this.requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String[] ports = read().split(" ");
    this.port = Integer.parseInt(ports[0]);
    this.tlsPort = Integer.parseInt(ports[1]);
  }

  /**
   * Starts one and waits until it listens.
   *
   * @param keepAlive how often idle clients are told that the server is still there; zero for never
   */
  static StubImapProcess start(Duration keepAlive) {
    ServerCertificate certificate = CertificateAuthority.shared().issue();
    try {
      return new StubImapProcess(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx768m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  StubImapServer.class.getName(),
                  certificate.certificate().toString(),
                  certificate.key().toString(),
                  String.valueOf(keepAlive.toSeconds()))
              .redirectError(Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port without TLS. */
  int port() {
    return port;
  }

  /** The port with TLS from the start. */
  int tlsPort() {
    return tlsPort;
  }

  /** How it stands. */
  Figures figures() {
    String[] figures = ask("figures").split(" ");
    return new Figures(
        Integer.parseInt(figures[0]),
        Integer.parseInt(figures[1]),
        Long.parseLong(figures[2]),
        Long.parseLong(figures[3]));
  }

  /** The logins that wait by IDLE, once for each connection; logins hold no space. */
  List<String> watched() {
    String all = ask("watched");
    return all.isEmpty() ? List.of() : List.of(all.split(" "));
  }

  /** Puts a short mail into the inbox of a login; returns its UID. */
  long deliver(String login, String subject) {
    return Long.parseLong(ask("deliver " + login + " " + subject));
  }

  private synchronized String ask(String request) {
    requests.println(request);
    try {
      return read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the stub IMAP server has ended");
    }
    return line;
  }

  /** The other side of it. */
  static void serve(StubImapServer server, InputStream from, PrintStream to) throws IOException {
    to.println(server.port() + " " + server.tlsPort());
    BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", 3);
      to.println(
          switch (words[0]) {
            case "figures" -> {
              Figures now = server.figures();
              yield now.connections()
                  + " "
                  + now.idling()
                  + " "
                  + now.logins()
                  + " "
                  + now.commands();
            }
            case "watched" -> String.join(" ", server.watched());
            case "deliver" -> server.deliver(words[1], mail(words[1], words[2]));
            default -> throw new IOException("unknown request: " + line);
          });
    }
  }

  private static String mail(String login, String subject) {
    return """
        From: Ann Other <ann@else.test>
        To: %s@example.test
        Subject: %s
        Message-ID: <%s@else.test>
        Date: Tue, 24 Nov 2026 10:00:00 +0000

        This is a short mail.
        """
        .formatted(login, subject, java.util.UUID.randomUUID())
        .replace("\n", "\r\n");
  }

  @Override
  public void close() {
    requests.close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
