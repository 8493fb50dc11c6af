package org.byoemail.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Passes everything on to a port on loopback, in both directions, some milliseconds later. */
final class DelayingProxy implements AutoCloseable {
  private static final int BUFFER = 16 * 1024;

  private final ServerSocket server;
  private final int target;
  private final int delayMillis;
  private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);

  DelayingProxy(int target, int delayMillis) throws IOException {
    this.target = target;
    this.delayMillis = delayMillis;
    this.server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    later.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        thread(() -> pass(near, far));
        thread(() -> pass(far, near));
      } catch (IOException closed) {
        return;
      }
    }
  }

  // Tasks of one delay run in the order that they came in; two threads could change it, so each
  // direction takes its turn under a lock of its own.
  private void pass(Socket from, Socket to) {
    java.util.concurrent.ConcurrentLinkedQueue<byte[]> parts =
        new java.util.concurrent.ConcurrentLinkedQueue<>();
    try {
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        parts.add(java.util.Arrays.copyOf(buffer, read));
        later.schedule(() -> write(parts, out), delayMillis, TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      // One side is gone: the other is closed below.
      parts.add(new byte[0]);
    }
    later.schedule(() -> close(from, to), 2L * delayMillis, TimeUnit.MILLISECONDS);
  }

  private static void write(java.util.Queue<byte[]> parts, OutputStream out) {
    synchronized (parts) {
      byte[] part = parts.poll();
      try {
        if (part != null) {
          out.write(part);
          out.flush();
        }
      } catch (IOException closed) {
        parts.clear();
      }
    }
  }

  private static void close(Socket one, Socket other) {
    try (one;
        other) {
      one.shutdownOutput();
    } catch (IOException closedAlready) {
      return;
    }
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "delaying-proxy");
    thread.setDaemon(true);
    thread.start();
  }
}
