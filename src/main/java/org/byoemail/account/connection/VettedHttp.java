package org.byoemail.account.connection;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Single HTTP/1.1 requests to hosts that are vetted like mail servers, connecting to the vetted
 * address (no DNS rebinding). An answer is bounded in bytes and in total time; redirects are not
 * followed. Plain HTTP is for localhost only. Blocks the calling thread, which may be a virtual
 * one. Safe for use by many threads.
 */
@Component
public class VettedHttp {
  private static final int MAX_HEAD = 16 << 10;
  private static final int MAX_HEADERS = 100;
  private static final Duration BODY_START = Duration.ofSeconds(1);
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

  private final HostVetting vetting;
  private final TrustedCertificates trusted;
  private final WriteTimeouts writeTimeouts;
  private final Duration connectTimeout;
  private final Ports ports;
  private final WireBuffers buffers = new WireBuffers();

  /** Where the web listens; tests have servers on other ports. */
  record Ports(int https, int http) {}

  @Autowired
  VettedHttp(
      HostVetting vetting,
      TrustedCertificates trusted,
      WriteTimeouts writeTimeouts,
      ConnectionSettings settings) {
    this(vetting, trusted, writeTimeouts, settings, new Ports(HTTPS_PORT, HTTP_PORT));
  }

  VettedHttp(
      HostVetting vetting,
      TrustedCertificates trusted,
      WriteTimeouts writeTimeouts,
      ConnectionSettings settings,
      Ports ports) {
    this.vetting = vetting;
    this.trusted = trusted;
    this.writeTimeouts = writeTimeouts;
    this.connectTimeout = settings.connectTimeout();
    this.ports = ports;
  }

  /**
   * A request. Its {@code toString} shows neither headers nor body nor query.
   *
   * @param headers without Host, Content-Length and Connection
   * @param body empty for none
   */
  public record Request(String method, URI uri, Map<String, String> headers, byte[] body) {
    /** A GET of a JSON document. */
    public static Request get(URI uri) {
      return new Request("GET", uri, Map.of("Accept", "application/json"), new byte[0]);
    }

    @Override
    public String toString() {
      return method + " " + uri.getHost();
    }
  }

  /**
   * An answer. Its {@code toString} shows the status only.
   *
   * @param headers names in any case; of a repeated one, the last
   */
  public record Response(int status, Map<String, String> headers, byte[] body) {
    @Override
    public String toString() {
      return "HTTP " + status;
    }
  }

  /** Whether that URI may be requested: by https, or by http from localhost. */
  public static boolean isAllowed(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getRawFragment() == null
        && (scheme.equals("https")
            || scheme.equals("http") && LOCAL.contains(uri.getHost().toLowerCase(Locale.ROOT)));
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @param maxBytes of the body
   * @param time timeout for the whole request, including the DNS lookup
   * @throws HostRefused if the host may not be connected to
   * @throws IllegalArgumentException if the URI is not allowed
   * @throws IOException if there is no answer in time, or it is too long or malformed
   */
  public Response exchange(Request request, int maxBytes, Duration time) throws IOException {
    return allowed(request, time, reader -> reader.response(request.method(), maxBytes));
  }

  /**
   * Sends a request and returns the status of the response. Only the start of the body is read, for
   * a short time, and a body that is too long, too slow or malformed is no error.
   *
   * @param keep how many bytes of the body are kept
   * @param time timeout for the whole request, including the DNS lookup
   * @throws HostRefused if the host may not be connected to
   * @throws IllegalArgumentException if the URI is not allowed
   * @throws IOException if no status arrives in time, or it is malformed
   */
  public Response send(Request request, int keep, Duration time) throws IOException {
    return allowed(request, time, reader -> reader.start(request.method(), keep));
  }

  /**
   * Sends a request by https or, to any host, by http. The body of a response other than 200 is not
   * read.
   *
   * @throws ProtocolViolated if the response is too long or malformed
   */
  Response document(Request request, int maxBytes, Deadline deadline) throws IOException {
    return exchange(request, deadline, reader -> reader.document(maxBytes));
  }

  /** Reads a response. */
  private interface Reading {
    Response read(Reader reader) throws IOException;
  }

  private Response allowed(Request request, Duration time, Reading reading) throws IOException {
    if (!isAllowed(request.uri())) {
      throw new IllegalArgumentException("must be an https URL (http only on localhost)");
    }
    return exchange(request, Deadline.in(time), reading);
  }

  private Response exchange(Request request, Deadline deadline, Reading reading)
      throws IOException {
    URI uri = request.uri();
    boolean tls = uri.getScheme().equalsIgnoreCase("https");
    String host = HostVetting.name(uri.getHost());
    boolean named = uri.getPort() > 0;
    int vetted = named ? uri.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
    int port = named ? vetted : tls ? ports.https() : ports.http();
    IOException last = new IOException("the host has no address");
    for (InetAddress address : vetting.vetWeb(host, vetted, deadline)) {
      Wire wire;
      try {
        wire =
            Wire.connect(
                new InetSocketAddress(address, port),
                deadline.orIn(connectTimeout),
                buffers,
                writeTimeouts,
                deadline.left());
      } catch (IOException e) {
        last = e;
        continue;
      }
      try (wire) {
        if (tls) {
          wire.secure(trusted.engine(host, port), deadline);
        }
        wire.write(bytes(request, uri));
        return reading.read(new Reader(wire, deadline));
      } finally {
        wire.discard();
        wire.rest();
      }
    }
    throw last;
  }

  private static byte[] bytes(Request request, URI uri) {
    StringBuilder head = new StringBuilder(256);
    String path = uri.getRawPath();
    head.append(request.method())
        .append(' ')
        .append(path == null || path.isEmpty() ? "/" : path)
        .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
        .append(" HTTP/1.1\r\n");
    header(head, "Host", uri.getRawAuthority());
    header(head, "Connection", "close");
    if (request.body().length > 0 || !request.method().equals("GET")) {
      header(head, "Content-Length", String.valueOf(request.body().length));
    }
    request.headers().forEach((name, value) -> header(head, name, value));
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(start.length + request.body().length)
        .put(start)
        .put(request.body())
        .array();
  }

  private static void header(StringBuilder head, String name, String value) {
    if ((name + value).chars().anyMatch(c -> c < ' ' || c == 127)) {
      throw new IllegalArgumentException("the header " + name + " has a control character");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  /** Reads one answer (RFC 9112). */
  private static final class Reader {
    private final Wire wire;
    private Deadline deadline;
    private int head = MAX_HEAD;

    Reader(Wire wire, Deadline deadline) {
      this.wire = wire;
      this.deadline = deadline;
    }

    Response response(String method, int maxBytes) throws IOException {
      Response start = head();
      boolean none = hasNoBody(method, start);
      return none
          ? start
          : new Response(start.status(), start.headers(), body(start.headers(), maxBytes));
    }

    Response document(int maxBytes) throws IOException {
      Response start = head();
      return start.status() == 200
          ? new Response(200, start.headers(), body(start.headers(), maxBytes))
          : start;
    }

    Response start(String method, int keep) throws IOException {
      Response start = head();
      if (hasNoBody(method, start)) {
        return start;
      }
      ByteBuffer body = ByteBuffer.allocate(keep);
      deadline = deadline.orIn(BODY_START);
      try {
        body(start.headers(), body);
      } catch (IOException e) {
        // Too long, too slow or malformed: keep what was read so far.
      }
      return new Response(
          start.status(), start.headers(), Arrays.copyOf(body.array(), body.position()));
    }

    private Response head() throws IOException {
      int status;
      Map<String, String> headers;
      do {
        status = status(line());
        headers = headers();
      } while (status >= 100 && status < 200);
      return new Response(status, headers, new byte[0]);
    }

    private static boolean hasNoBody(String method, Response start) {
      return method.equals("HEAD") || start.status() == 204 || start.status() == 304;
    }

    private static int status(String line) throws IOException {
      if (!line.matches("HTTP/1\\.[01] [1-5]\\d\\d(?: .*)?")) {
        throw new ProtocolViolated("the server does not speak HTTP/1.1");
      }
      return Integer.parseInt(line.substring(9, 12));
    }

    private Map<String, String> headers() throws IOException {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      int count = 0;
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        if (colon < 1 || ++count > MAX_HEADERS) {
          throw new ProtocolViolated("the server's headers are malformed");
        }
        headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
      return headers;
    }

    private byte[] body(Map<String, String> headers, int maxBytes) throws IOException {
      ByteBuffer body = ByteBuffer.allocate(maxBytes);
      String length = headers.get("Content-Length");
      if (length != null && number(length, 10) > maxBytes) {
        throw tooLong(body);
      }
      body(headers, body);
      byte[] bytes = new byte[body.position()];
      body.flip().get(bytes);
      return bytes;
    }

    private void body(Map<String, String> headers, ByteBuffer body) throws IOException {
      if (!headers.getOrDefault("Content-Encoding", "identity").equalsIgnoreCase("identity")) {
        throw new ProtocolViolated("the answer has a content coding that was not asked for");
      }
      if (headers
          .getOrDefault("Transfer-Encoding", "")
          .toLowerCase(Locale.ROOT)
          .equals("chunked")) {
        for (int size = number(line(), 16); size > 0; size = number(line(), 16)) {
          take(body, size);
          line();
        }
      } else if (headers.containsKey("Transfer-Encoding")) {
        throw new ProtocolViolated("the answer has an unknown transfer coding");
      } else if (headers.containsKey("Content-Length")) {
        take(body, number(headers.get("Content-Length"), 10));
      } else {
        untilClosed(body);
      }
    }

    private static int number(String text, int radix) throws IOException {
      String digits = text.split(";", 2)[0].strip();
      if (digits.matches(radix == 16 ? "[0-9a-fA-F]{1,7}" : "\\d{1,9}")) {
        return Integer.parseInt(digits, radix);
      }
      throw new ProtocolViolated("the length of the answer is malformed or too large");
    }

    private void take(ByteBuffer body, int size) throws IOException {
      boolean whole = size <= body.remaining();
      for (int left = Math.min(size, body.remaining()); left > 0; ) {
        wire.await(deadline);
        ByteBuffer here = wire.buffered();
        int count = Math.min(left, here.remaining());
        body.put(here.slice().limit(count));
        here.position(here.position() + count);
        left -= count;
      }
      if (!whole) {
        throw tooLong(body);
      }
    }

    private void untilClosed(ByteBuffer body) throws IOException {
      try {
        while (true) {
          wire.await(deadline);
          ByteBuffer here = wire.buffered();
          if (here.remaining() > body.remaining()) {
            body.put(here.slice().limit(body.remaining()));
            throw tooLong(body);
          }
          body.put(here);
        }
      } catch (EOFException e) {
        // The end of the answer (RFC 9112 section 6.3).
      }
    }

    private static IOException tooLong(ByteBuffer body) {
      return new ProtocolViolated("the answer is longer than " + body.capacity() + " bytes");
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder(64);
      while (true) {
        wire.await(deadline);
        char c = (char) (wire.buffered().get() & 0xff);
        if (--head < 0) {
          throw new ProtocolViolated("the server's headers are too long");
        }
        if (c == '\n') {
          int end = line.length() - 1;
          return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
        }
        line.append(c);
      }
    }
  }
}
