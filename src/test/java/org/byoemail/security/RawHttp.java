package org.byoemail.security;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** One connection on which a test says exactly what it wants, HTTP or not. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE = (int) Duration.ofSeconds(60).toMillis();
  private static final int CHUNK = 1 << 16;

  private final Socket socket;

  RawHttp(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The head of a request. */
  static String head(String method, String path, String... fields) {
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    Arrays.stream(fields).forEach(field -> head.append(field).append("\r\n"));
    return head.append("\r\n").toString();
  }

  RawHttp send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends a body until all of it is sent or the server hangs up.
   *
   * @return how many bytes were sent
   */
  long pour(long bytes, boolean chunked) {
    long sent = 0;
    byte[] piece = new byte[CHUNK];
    Arrays.fill(piece, (byte) 'a');
    try {
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 2 * CHUNK);
      while (sent < bytes) {
        if (chunked) {
          out.write((Integer.toHexString(CHUNK) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        out.write(piece);
        if (chunked) {
          out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        sent += CHUNK;
      }
      out.write(chunked ? "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1) : new byte[0]);
      out.flush();
    } catch (SocketException e) {
      return sent; // The server has hung up.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sent;
  }

  /** The status of the next answer; 0 where the server hangs up without one. */
  int status() {
    String line = line();
    return line.startsWith("HTTP/1.1 ") ? Integer.parseInt(line.substring(9, 12)) : 0;
  }

  private String line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        line.write(octet);
      }
    } catch (SocketException e) {
      return ""; // Reset: what it had said before is lost with it.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  /** All that comes until the server hangs up. */
  String rest() {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request on a connection of its own, and its whole answer. */
  static String ask(int port, String method, String path, String... fields) {
    String[] all = Arrays.copyOf(fields, fields.length + 1);
    all[fields.length] = "Connection: close";
    try (RawHttp connection = new RawHttp(port)) {
      return connection.send(head(method, path, all)).rest();
    }
  }

  /** The status of a whole answer. */
  static int statusOf(String answer) {
    return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
