package org.byoemail.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A small SMTP server without TLS and AUTH that hands each mail on, so that a test can do to it
 * what providers do. Serves one client at a time.
 */
public final class SmtpRelayStub implements AutoCloseable {
  private final ServerSocket listening;
  private final Consumer<String> mails;
  private volatile Socket client;

  /**
   * Starts it.
   *
   * @param mails gets each mail, with CRLF; called by another thread
   */
  public SmtpRelayStub(Consumer<String> mails) {
    this.mails = mails;
    try {
      listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "smtp-relay-stub");
    thread.setDaemon(true);
    thread.start();
  }

  /** Its port on loopback. */
  public int port() {
    return listening.getLocalPort();
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (Socket accepted = listening.accept()) {
        client = accepted;
        converse(accepted);
      } catch (IOException e) {
        // The client, or the test, has ended.
      }
    }
  }

  private void converse(Socket peer) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(peer.getInputStream(), StandardCharsets.ISO_8859_1));
    OutputStream out = peer.getOutputStream();
    reply(out, "220 stub");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("DATA")) {
        reply(out, "354 go on");
        mails.accept(mail(in));
      } else if (line.startsWith("QUIT")) {
        reply(out, "221 bye");
        return;
      }
      reply(out, "250 ok");
    }
  }

  private static String mail(BufferedReader in) throws IOException {
    StringBuilder mail = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      mail.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
    }
    return mail.toString();
  }

  private static void reply(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Override
  public void close() {
    try {
      listening.close();
      if (client != null) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
