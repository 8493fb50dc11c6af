package org.byoemail.support;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/**
 * Connections to loopback that can stop in the middle of what is written, below TLS too. Safe for
 * use by several threads.
 */
final class HalvingSockets extends ServerSocket {
  private volatile HalvingSocket newest;

  HalvingSockets() throws IOException {
    super(0, 50, InetAddress.getLoopbackAddress());
  }

  @Override
  public Socket accept() throws IOException {
    HalvingSocket socket = new HalvingSocket();
    implAccept(socket);
    newest = socket;
    return socket;
  }

  /** That of the client that came last. */
  HalvingSocket newest() {
    return newest;
  }

  /** One connection. */
  static final class HalvingSocket extends Socket {
    private boolean halving;
    private byte[] withheld = {};

    /** Of what is next written at once, half is withheld. */
    synchronized void halveNext() {
      halving = true;
    }

    /** Writes what was withheld. */
    synchronized void giveRest() throws IOException {
      super.getOutputStream().write(withheld);
      withheld = new byte[0];
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          out.write(bytes, offset, length - withhold(bytes, offset, length));
        }
      };
    }

    private synchronized int withhold(byte[] bytes, int offset, int length) {
      if (!halving) {
        return 0;
      }
      halving = false;
      withheld = Arrays.copyOfRange(bytes, offset + length / 2, offset + length);
      return withheld.length;
    }
  }
}
