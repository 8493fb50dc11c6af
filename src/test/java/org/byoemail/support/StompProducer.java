package org.byoemail.support;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends durable messages to the broker by STOMP 1.2, each confirmed by a receipt; some are under
 * way at a time. Used by one thread.
 */
public final class StompProducer implements AutoCloseable {
  private static final int UNDER_WAY = 64;

  private final Socket socket;
  private final OutputStream out;
  private final Semaphore free = new Semaphore(UNDER_WAY);
  private volatile boolean broken;

  public StompProducer(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    InputStream in = new BufferedInputStream(socket.getInputStream());
    write(
        "CONNECT\naccept-version:1.2\nlogin:producer\npasscode:"
            + GatewayProcess.PRODUCER_PASSWORD
            + "\n\n\0");
    out.flush();
    String answer = frame(in);
    if (!answer.startsWith("CONNECTED")) {
      throw new IOException(answer);
    }
    Thread reader = new Thread(() -> receipts(in), "stomp-receipts");
    reader.setDaemon(true);
    reader.start();
  }

  /** Sends one; waits while too many are under way. */
  public void send(String body) throws IOException, InterruptedException {
    send(body, Map.of());
  }

  /** The same, with further headers. */
  public void send(String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    if (!free.tryAcquire()) {
      out.flush();
      if (!free.tryAcquire(60, TimeUnit.SECONDS)) {
        throw new IOException("the broker confirms nothing");
      }
    }
    requireSound();
    StringBuilder further = new StringBuilder();
    headers.forEach((name, value) -> further.append(name).append(':').append(value).append('\n'));
    write(
        "SEND\ndestination:queue/email.outbound\nreceipt:1\npersistent:true\n"
            + further
            + '\n'
            + body
            + '\0');
  }

  /** Waits until the broker has confirmed all of them. */
  public void finish() throws IOException, InterruptedException {
    out.flush();
    if (!free.tryAcquire(UNDER_WAY, 60, TimeUnit.SECONDS)) {
      throw new IOException("the broker did not confirm all");
    }
    requireSound();
    free.release(UNDER_WAY);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void requireSound() throws IOException {
    if (broken) {
      throw new IOException("the broker refused a message");
    }
  }

  private void write(String frame) throws IOException {
    out.write(frame.getBytes(StandardCharsets.UTF_8));
  }

  private void receipts(InputStream in) {
    try {
      while (true) {
        broken |= !frame(in).startsWith("RECEIPT");
        free.release();
      }
    } catch (IOException closed) {
      broken = true;
      // Waiters for a receipt learn that none will come.
      free.release(UNDER_WAY);
    }
  }

  private static String frame(InputStream in) throws IOException {
    StringBuilder frame = new StringBuilder();
    for (int next = in.read(); next > 0 || frame.isEmpty(); next = in.read()) {
      if (next < 0) {
        throw new IOException("closed");
      }
      if (!frame.isEmpty() || next > '\n') {
        frame.append((char) next);
      }
    }
    return frame.toString();
  }
}
