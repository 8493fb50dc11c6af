package org.byoemail.inbound.scan;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a scanner for one mail. It is closed when its time is over, whatever it is at: a
 * write to a peer that does not read has no timeout of its own. Used by one thread.
 */
final class ScannerConnection implements AutoCloseable {
  private static final ScheduledExecutorService DEADLINES =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "screen-deadlines");
            thread.setDaemon(true);
            return thread;
          });

  private final Socket socket;
  private final ScheduledFuture<?> deadline;
  private final OutputStream out;
  private final InputStream in;

  private ScannerConnection(Socket socket, ScheduledFuture<?> deadline) throws IOException {
    this.socket = socket;
    this.deadline = deadline;
    this.out = socket.getOutputStream();
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Does something once the time of a mail is over, unless it is cancelled. */
  static ScheduledFuture<?> after(Duration time, Runnable work) {
    return DEADLINES.schedule(work, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  static ScannerConnection open(String host, int port, Duration timeout) throws IOException {
    int millis = Math.toIntExact(timeout.toMillis());
    Socket socket = new Socket();
    ScheduledFuture<?> deadline = after(timeout, () -> close(socket));
    try {
      socket.connect(new InetSocketAddress(host, port), millis);
      socket.setSoTimeout(millis);
      return new ScannerConnection(socket, deadline);
    } catch (IOException e) {
      deadline.cancel(false);
      close(socket);
      ConnectException unreachable = new ConnectException("no connection: " + e.getMessage());
      unreachable.initCause(e);
      throw unreachable;
    } catch (RuntimeException e) {
      deadline.cancel(false);
      close(socket);
      throw e;
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }

  OutputStream out() {
    return out;
  }

  void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads up to a byte, which is left out; to the end of the stream if it does not come.
   *
   * @throws IOException if that is more than the bound
   */
  String readTo(int end, int max) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int b = in.read(); b != end && b >= 0; b = in.read()) {
      if (read.size() >= max) {
        throw new IOException("its answer has more than " + max + " bytes");
      }
      read.write(b);
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  /** Whether the time was up. */
  boolean isTooLate(IOException failure) {
    return deadline.isDone() || failure instanceof SocketTimeoutException;
  }

  @Override
  public void close() {
    deadline.cancel(false);
    close(socket);
  }
}
