package org.byoemail.platform.access;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A response that fails with {@link ClientTooSlow} if the client reads fewer bytes a second than
 * required. A client that reads nothing runs into the server's write timeout.
 */
final class PacedResponse extends HttpServletResponseWrapper {
  private static final long GRACE_NANOS = 30_000_000_000L;
  private static final double NANOS = 1e9;

  private final long slowest;
  private final LongSupplier nanos;
  private @Nullable ServletOutputStream stream;
  private @Nullable PrintWriter writer;
  private long began;
  private long written;

  /**
   * @param slowest the least rate in bytes a second
   * @param nanos a clock such as {@link System#nanoTime()}
   */
  PacedResponse(HttpServletResponse response, long slowest, LongSupplier nanos) {
    super(response);
    this.nanos = nanos;
    this.slowest = slowest;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    if (stream == null) {
      stream = new Paced(super.getOutputStream());
    }
    return stream;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) {
      writer = new PrintWriter(new OutputStreamWriter(getOutputStream(), getCharacterEncoding()));
    }
    return writer;
  }

  @Override
  public void flushBuffer() throws IOException {
    finish();
    super.flushBuffer();
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    forget();
  }

  @Override
  public void reset() {
    super.reset();
    forget();
  }

  private void forget() {
    writer = null;
    stream = null;
  }

  /** Flushes what a writer still buffers. */
  void finish() {
    if (writer != null) {
      writer.flush();
    }
  }

  private void count(int bytes) throws IOException {
    if (written == 0) {
      began = nanos.getAsLong(); // Making the answer took its own time.
    }
    written += bytes;
    long behindGrace = nanos.getAsLong() - began - GRACE_NANOS;
    if (behindGrace > 0 && written < behindGrace / NANOS * slowest) {
      throw new ClientTooSlow(written);
    }
  }

  private final class Paced extends ServletOutputStream {
    private final ServletOutputStream out;

    Paced(ServletOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
      out.write(octet);
      count(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count(length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }

    @Override
    public boolean isReady() {
      return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      out.setWriteListener(listener);
    }
  }
}
