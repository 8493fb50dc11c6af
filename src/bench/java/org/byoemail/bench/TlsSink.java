package org.byoemail.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.byoemail.support.CertificateAuthority;

/** An SMTP server with STARTTLS that takes every mail and counts its subject. */
final class TlsSink implements AutoCloseable {
  private final ServerSocket server;
  private final SSLContext tls = CertificateAuthority.shared().issue().serverContext();
  private final Map<String, Integer> subjects = new ConcurrentHashMap<>();

  TlsSink() throws IOException {
    server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Fails unless each of so many, of those whose subject begins so, has arrived exactly once. */
  void requireEachOnce(String prefix, int count) {
    long arrived = subjects.keySet().stream().filter(s -> s.startsWith(prefix)).count();
    int all =
        subjects.entrySet().stream()
            .filter(e -> e.getKey().startsWith(prefix))
            .mapToInt(Map.Entry::getValue)
            .sum();
    if (arrived != count || all != count) {
      throw new IllegalStateException(
          "of %d mails '%s...' %d arrived, %d times in all".formatted(count, prefix, arrived, all));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        thread(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket plain) {
    try (plain) {
      plain.setTcpNoDelay(true);
      Socket socket = plain;
      BufferedReader in = reader(socket);
      say(socket, "220 sink ESMTP");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        switch (verb) {
          // PIPELINING as Postfix, Exim and the large providers offer it.
          case "EHLO" ->
              say(socket, "250-sink\r\n250 " + (socket == plain ? "STARTTLS" : "PIPELINING"));
          case "STARTTLS" -> {
            say(socket, "220 go on");
            SSLSocket secured =
                (SSLSocket) tls.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
            secured.setUseClientMode(false);
            socket = secured;
            in = reader(socket);
          }
          case "DATA" -> {
            say(socket, "354 go on");
            mail(in);
            say(socket, "250 2.0.0 taken");
          }
          case "QUIT" -> {
            say(socket, "221 bye");
            return;
          }
          default -> say(socket, "250 2.0.0 ok");
        }
      }
    } catch (IOException e) {
      // The client has gone: what it did not finish is not counted.
      return;
    }
  }

  private void mail(BufferedReader in) throws IOException {
    String subject = "";
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      if (subject.isEmpty() && line.startsWith("Subject: ")) {
        subject = line.substring("Subject: ".length());
      }
    }
    subjects.merge(subject, 1, Integer::sum);
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void say(Socket socket, String line) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "tls-sink");
    thread.setDaemon(true);
    thread.start();
  }
}
