package org.byoemail.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** TCP ports of the embedded parts. */
final class Ports {
  private static final int HIGHEST = 65_535;

  private Ports() {}

  /**
   * The port to listen on.
   *
   * @param configured 0 for any free one
   * @param setting its name, for the message
   * @throws EmbeddedPartFailed if another program listens there
   */
  static int toListenOn(String host, int configured, String setting) {
    if (configured != 0) {
      requireFree(host, configured, setting);
      return configured;
    }
    try (ServerSocket socket = bound(host, 0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free TCP port on " + host, e);
    }
  }

  /**
   * Checks that a server can listen there.
   *
   * @throws EmbeddedPartFailed if it cannot
   */
  static void requireFree(String host, int port, String setting) {
    try (ServerSocket socket = bound(host, port)) {
      socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedPartFailed(
          "Cannot listen on " + host + ":" + port + ": " + e.getMessage() + ".",
          "Stop the program that uses this port, or choose another one: " + setting + ".",
          e);
    }
  }

  static boolean isFree(String host, int port) {
    try (ServerSocket socket = bound(host, port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  static void requireValid(int port, String setting) {
    if (port < 0 || port > HIGHEST) {
      throw new IllegalArgumentException(
          setting + ": " + port + " is no port (0 for a free one, up to " + HIGHEST + ")");
    }
  }

  private static ServerSocket bound(String host, int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      // As the servers do: a port in TIME_WAIT counts as free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port), 1);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
