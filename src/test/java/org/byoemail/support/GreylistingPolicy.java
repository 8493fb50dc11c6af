package org.byoemail.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A policy service for Postfix (SMTPD_POLICY_README) that refuses each sender and recipient once,
 * as greylisting does. Closed by its test.
 */
public final class GreylistingPolicy implements AutoCloseable {
  private final ServerSocket server;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  public GreylistingPolicy(int port) {
    try {
      server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon(() -> answer(socket));
      } catch (IOException e) {
        // Closed: the end of the test.
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      StringBuilder who = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("sender=") || line.startsWith("recipient=")) {
          who.append(line).append(' ');
        }
        if (line.isEmpty()) {
          String action =
              seen.add(who.toString()) ? "450 4.2.0 Greylisted, try again in 90 seconds" : "DUNNO";
          socket
              .getOutputStream()
              .write(("action=" + action + "\n\n").getBytes(StandardCharsets.UTF_8));
          who.setLength(0);
        }
      }
    } catch (IOException e) {
      // Postfix went away: nobody waits for an answer.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "greylisting");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
