package org.byoemail.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands between a client and a server on loopback and counts what passes. A line of the client is
 * a command, so clients that send literals are not for it. Safe for use by several threads.
 */
final class WireTap implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final List<Socket> sockets = new ArrayList<>();
  private final List<String> commands = new ArrayList<>();
  private final List<Double> pauses = new ArrayList<>();
  private long bytes;
  private long answers;
  private long begun;
  private long answered;
  private long fetched;
  private boolean fetching;

  WireTap(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /**
   * What has passed.
   *
   * @param commands without tags
   * @param pauses before each of them, in seconds: since the last answer, when the server had
   *     nothing to do
   * @param bytes of the server
   * @param answers lines of the server that end a command
   * @param seconds from the first command to the end of the last answer that asks or gives, flag
   *     writes and what follows left out
   */
  record Tally(
      List<String> commands, List<Double> pauses, long bytes, long answers, double seconds) {}

  /** What has passed since it was last cleared. */
  synchronized Tally tally() {
    return new Tally(
        List.copyOf(commands), List.copyOf(pauses), bytes, answers, (fetched - begun) / 1e9);
  }

  synchronized void clear() {
    commands.clear();
    pauses.clear();
    answered = 0;
    bytes = 0;
    answers = 0;
    begun = 0;
    fetched = 0;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        synchronized (this) {
          sockets.add(client);
          sockets.add(server);
        }
        thread(() -> pass(client, server, true));
        thread(() -> pass(server, client, false));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void pass(Socket from, Socket to, boolean ofClient) {
    byte[] buffer = new byte[1 << 16];
    StringBuilder line = new StringBuilder();
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        note(new String(buffer, 0, count, StandardCharsets.ISO_8859_1), line, ofClient);
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // One side has left.
    }
  }

  private synchronized void note(String words, StringBuilder line, boolean ofClient) {
    long now = System.nanoTime();
    bytes += ofClient ? 0 : words.length();
    int start = 0;
    for (int end = words.indexOf('\n'); end >= 0; end = words.indexOf('\n', start)) {
      line.append(words, start, end);
      start = end + 1;
      if (ofClient) {
        command(line.toString().strip(), now);
      } else if (line.toString().matches("(?s)A\\d+ (OK|NO|BAD).*")) {
        answers++;
        answered = now;
        fetched = fetching ? now : fetched;
      }
      line.setLength(0);
    }
    line.append(words.substring(start));
  }

  private void command(String line, long now) {
    String command = line.substring(line.indexOf(' ') + 1);
    begun = commands.isEmpty() ? now : begun;
    pauses.add(answers < commands.size() || answered == 0 ? 0 : (now - answered) / 1e9);
    commands.add(command);
    fetching = command.matches("(NOOP|UID SEARCH|UID FETCH).*");
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "wire-tap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public synchronized void close() {
    try {
      listening.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
