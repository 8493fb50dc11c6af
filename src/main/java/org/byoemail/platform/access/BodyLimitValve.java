package org.byoemail.platform.access;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Enforces limits of size and time on every request body, ahead of security and all filters, for
 * any path and method, with or without Content-Length. A connection whose request was answered
 * before the body was read is closed, unless the rest of the body is short.
 */
final class BodyLimitValve extends ValveBase {
  /** How much of an unread body is discarded to keep its connection open. */
  private static final long DRAINED = 64 << 10;

  private final BodyLimits limits;
  private final BodySettings settings;
  private final WaitingBodyThreads waiting;
  private final ProblemResponses problems;
  private final ObjectProvider<MeterRegistry> meters;

  BodyLimitValve(
      BodyLimits limits,
      BodySettings settings,
      WaitingBodyThreads waiting,
      ProblemResponses problems,
      ObjectProvider<MeterRegistry> meters) {
    super(true);
    this.limits = limits;
    this.settings = settings;
    this.waiting = waiting;
    this.problems = problems;
    this.meters = meters;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    long announced = request.getContentLengthLong();
    boolean chunked = announced < 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    if (announced <= 0 && !chunked) {
      getNext().invoke(request, response);
      return;
    }
    long limit = limits.of(request);
    if (announced > limit) {
      refuse(
          request,
          response,
          HttpStatus.PAYLOAD_TOO_LARGE,
          BodyRefused.tooLarge(limit).getMessage());
    } else if (isInParts(request) && !limits.takesFiles(request)) {
      // The container would spool it while looking for a parameter.
      refuse(
          request,
          response,
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "multipart bodies are not taken here");
    } else {
      bounded(request, response, limit);
    }
  }

  private void bounded(Request request, Response response, long limit)
      throws IOException, ServletException {
    org.apache.coyote.Request raw = request.getCoyoteRequest();
    InputBuffer source = raw.getInputBuffer();
    ArrivingBody body =
        new ArrivingBody(
            source,
            limit,
            settings,
            waiting,
            ClientAddress.of(request.getRemoteAddr()),
            System::nanoTime);
    body.attachTo(request);
    raw.setInputBuffer(body);
    try {
      getNext().invoke(request, response);
      if (request.isAsync()) {
        return; // Its answer goes on; the container closes what it does not read.
      }
      response.finishResponse();
      if (!isRead(raw) && !drained(raw, body)) {
        hangUp(raw);
      }
    } finally {
      raw.setInputBuffer(source); // It serves the next request of the connection too.
      if (body.refusal() instanceof BodyRefused refused) {
        count(refused.status());
      }
    }
  }

  private void refuse(
      Request request, Response response, HttpStatus status, @Nullable String detail)
      throws IOException {
    count(status);
    response.setHeader(HttpHeaders.CONNECTION, "close");
    problems.write(response, status, detail);
    response.finishResponse();
    hangUp(request.getCoyoteRequest());
  }

  private void count(HttpStatus status) {
    meters
        .getObject()
        .counter("byo.access.bodies.refused", "status", String.valueOf(status.value()))
        .increment();
  }

  private static boolean isRead(org.apache.coyote.Request raw) {
    AtomicBoolean read = new AtomicBoolean();
    raw.action(ActionCode.REQUEST_BODY_FULLY_READ, read);
    return read.get();
  }

  private static boolean drained(org.apache.coyote.Request raw, ArrivingBody body) {
    // A client that asked whether to send may not have begun.
    if (raw.hasExpectation()
        || body.refusal() != null
        || raw.getContentLengthLong() - body.received() > DRAINED) {
      return false;
    }
    Rest rest = new Rest();
    try {
      long count = 0;
      for (int read = body.doRead(rest); read >= 0 && count <= DRAINED; read = body.doRead(rest)) {
        count += read;
      }
    } catch (IOException e) {
      return false; // The client went away, or is too slow: counted with the refusal.
    }
    return isRead(raw);
  }

  /** Stops reading the request and closes its connection after the response. */
  private static void hangUp(org.apache.coyote.Request raw) {
    raw.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
  }

  private static boolean isInParts(Request request) {
    String type = request.getContentType();
    return type != null && type.stripLeading().toLowerCase(Locale.ROOT).startsWith("multipart/");
  }

  /** Discards what is read. */
  private static final class Rest implements ApplicationBufferHandler {
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return buffer;
    }

    @Override
    public void expand(int size) {
      // Buffers are only ever handed over.
    }
  }
}
