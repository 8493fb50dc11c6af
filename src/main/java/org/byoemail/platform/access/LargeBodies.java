package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.ClientAbortException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Admits a few submissions with large bodies at a time, after authentication, since each is held in
 * memory. Bodies above 64 KB are spooled to a file first: only a complete body takes a permit or
 * memory, so that no slow client holds them. Those of the MCP server, which are smaller, have
 * arrived before {@link ResponseGate} admits their responses.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 1)
class LargeBodies extends OncePerRequestFilter {
  private static final int WAIT_SECONDS = 10;
  private static final int IN_MEMORY = 1 << 16;

  private final BodyLimits limits;
  private final Semaphore permits;
  private final ProblemResponses problems;

  LargeBodies(BodyLimits limits, ApiSettings settings, ProblemResponses problems) {
    this.limits = limits;
    this.permits = new Semaphore(settings.concurrentLargeRequests(), true);
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    long announced = request.getContentLengthLong();
    boolean small = announced >= 0 && announced < IN_MEMORY;
    boolean isMcp = RequestPath.of(request).equals(RequestPath.MCP);
    return request.getMethod().equals("GET")
        || !isMcp && (small || !limits.isHeldInMemory(request));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    byte[] head;
    try {
      head = request.getInputStream().readNBytes(IN_MEMORY);
    } catch (ClientAbortException e) {
      return; // Noted by the container, which answers (ErrorPages).
    }
    if (head.length < IN_MEMORY) {
      InputStream arrived = new ByteArrayInputStream(head);
      chain.doFilter(new BufferedRequest(request, arrived, head.length), response);
      return;
    }
    try (SeekableByteChannel file = file()) {
      try {
        OutputStream out = Channels.newOutputStream(file);
        out.write(head);
        request.getInputStream().transferTo(out);
      } catch (ClientAbortException e) {
        return;
      }
      long size = file.position();
      file.position(0);
      pass(
          new BufferedRequest(request, Channels.newInputStream(file), size), response, chain, size);
    }
  }

  /** A file that is deleted on close; where the system allows it, its name is removed at once. */
  private static SeekableByteChannel file() throws IOException {
    return Files.newByteChannel(
        Files.createTempFile("byo-body", null),
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private void pass(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain, long size)
      throws ServletException, IOException {
    if (size <= limits.small()) {
      chain.doFilter(request, response);
    } else if (entered()) {
      try {
        chain.doFilter(request, response);
      } finally {
        permits.release();
      }
    } else {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(WAIT_SECONDS));
      problems.write(
          response, HttpStatus.SERVICE_UNAVAILABLE, "too many large requests at the same time");
    }
  }

  private boolean entered() {
    try {
      return permits.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A request whose body has arrived. */
  private static final class BufferedRequest extends HttpServletRequestWrapper {
    private final ServletInputStream body;
    private final long size;

    BufferedRequest(HttpServletRequest request, InputStream body, long size) {
      super(request);
      this.body = new Bytes(body);
      this.size = size;
    }

    /** Known by now, even without Content-Length. */
    @Override
    public long getContentLengthLong() {
      return size;
    }

    @Override
    public ServletInputStream getInputStream() {
      return body;
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }
  }

  private static final class Bytes extends ServletInputStream {
    private final InputStream bytes;
    private boolean finished;

    Bytes(InputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      int octet = bytes.read();
      finished |= octet < 0;
      return octet;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = bytes.read(buffer, offset, length);
      finished |= count < 0;
      return count;
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("requests are not read asynchronously");
    }
  }
}
