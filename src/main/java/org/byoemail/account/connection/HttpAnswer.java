package org.byoemail.account.connection;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one HTTP/1.1 request (RFC 9112 sections 4 to 7), read from a connection that is
 * closed afterwards. Used by one thread.
 */
final class HttpAnswer {
  private static final int MAX_HEAD = 16 << 10;
  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_INTERIM = 5;

  private final Wire wire;
  private final Deadline deadline;
  private int status;
  private long length = -1;
  private boolean chunked;
  private @Nullable String location;

  HttpAnswer(Wire wire, Deadline deadline) {
    this.wire = wire;
    this.deadline = deadline;
  }

  int status() {
    return status;
  }

  boolean isRedirect() {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  /** The field Location; null if absent. */
  @Nullable String location() {
    return location;
  }

  /**
   * Reads status line and fields; interim responses (1xx) are skipped.
   *
   * @throws ProtocolViolated if it is no answer of HTTP, or too long
   */
  void readHead() throws IOException {
    for (int interim = 0; interim <= MAX_INTERIM; interim++) {
      readOneHead();
      if (status >= 200) {
        return;
      }
    }
    throw new ProtocolViolated("sent only interim responses");
  }

  private void readOneHead() throws IOException {
    String line = line(MAX_LINE);
    if (!line.matches("HTTP/1\\.[01] [1-5]\\d\\d(?: .*)?")) {
      throw new ProtocolViolated("did not answer as a web server does");
    }
    status = Integer.parseInt(line.substring(9, 12));
    int bytes = line.length();
    while (true) {
      String field = line(Math.min(MAX_LINE, MAX_HEAD - bytes));
      bytes += field.length() + 2;
      if (field.isEmpty()) {
        return;
      }
      field(field);
    }
  }

  private void field(String line) throws ProtocolViolated {
    int colon = line.indexOf(':');
    if (colon < 1) {
      throw new ProtocolViolated("sent a malformed header");
    }
    String value = line.substring(colon + 1).strip();
    switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "location" -> location = value;
      case "content-length" -> {
        if (!value.matches("\\d{1,18}")) {
          throw new ProtocolViolated("sent a malformed Content-Length");
        }
        length = Long.parseLong(value);
      }
      case "transfer-encoding" -> {
        if (!value.equalsIgnoreCase("chunked")) {
          throw new ProtocolViolated("sent an encoding that was not asked for");
        }
        chunked = true;
      }
      case "content-encoding" -> {
        if (!value.equalsIgnoreCase("identity")) {
          throw new ProtocolViolated("sent an encoding that was not asked for");
        }
      }
      default -> {
        // Nothing else matters.
      }
    }
  }

  /**
   * Reads the body.
   *
   * @throws ProtocolViolated if it is longer than that, or ends early
   */
  byte[] readBody(int most) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (chunked) {
      for (int size = chunkSize(); size > 0; size = chunkSize()) {
        require(body.size() + (long) size, most);
        copy(size, body);
        if (!line(MAX_LINE).isEmpty()) {
          throw new ProtocolViolated("sent a malformed chunk");
        }
      }
    } else if (length >= 0) {
      require(length, most);
      copy((int) length, body);
    } else {
      while (await()) {
        require(body.size() + (long) wire.buffered().remaining(), most);
        copy(wire.buffered().remaining(), body);
      }
    }
    return body.toByteArray();
  }

  private static void require(long size, int most) throws ProtocolViolated {
    if (size > most) {
      throw new ProtocolViolated("sent a document of more than " + (most >> 10) + " KB");
    }
  }

  private int chunkSize() throws IOException {
    String line = line(MAX_LINE);
    int end = line.indexOf(';');
    String size = (end < 0 ? line : line.substring(0, end)).strip();
    if (!size.matches("[0-9a-fA-F]{1,7}")) {
      throw new ProtocolViolated("sent a malformed chunk");
    }
    return Integer.parseInt(size, 16);
  }

  private void copy(int count, ByteArrayOutputStream to) throws IOException {
    int left = count;
    while (left > 0) {
      if (!await()) {
        throw new ProtocolViolated("ended the document early");
      }
      ByteBuffer from = wire.buffered();
      int part = Math.min(left, from.remaining());
      to.write(from.array(), from.arrayOffset() + from.position(), part);
      from.position(from.position() + part);
      left -= part;
    }
  }

  /** Waits for bytes; false at the end of the connection. */
  private boolean await() throws IOException {
    try {
      wire.await(deadline);
      return true;
    } catch (EOFException e) {
      return false;
    }
  }

  private String line(int most) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (!await()) {
        throw new ProtocolViolated("closed the connection without an answer");
      }
      ByteBuffer from = wire.buffered();
      while (from.hasRemaining()) {
        char c = (char) (from.get() & 0xff);
        if (c == '\n') {
          int end = line.length();
          return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
        }
        if (line.length() >= most) {
          throw new ProtocolViolated("sent a header that does not end");
        }
        line.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return "HTTP answer " + status;
  }
}
