package org.byoemail.account.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands to an SMTP server and its replies (RFC 5321 section 4). Commands are gathered and leave
 * together when a reply is waited for. A reply has a time in which it must be complete, {@value
 * #MAX_LINES} lines and {@value #MAX_BYTES} bytes. Used by one thread at a time.
 */
final class SmtpChannel implements AutoCloseable {
  static final int MAX_LINES = 100;
  static final int MAX_BYTES = 16 << 10;

  private static final int BLOCK = 16 << 10;
  private static final int CODE = 3;
  private static final int FIRST_CODE = 200;

  private final Wire wire;
  private final WireBuffers buffers;
  private final Redaction redaction;
  private ByteBuffer out = WireBuffers.NOTHING;
  private Deadline deadline;
  private List<String> lines = List.of();

  /**
   * @param deadline by when all that is said must be over, until another is set
   */
  SmtpChannel(Wire wire, WireBuffers buffers, Redaction redaction, Deadline deadline) {
    this.wire = wire;
    this.buffers = buffers;
    this.redaction = redaction;
    this.deadline = deadline;
  }

  Wire wire() {
    return wire;
  }

  /** By when all that is written and read from now on must be over. */
  void deadline(Deadline until) {
    deadline = until;
  }

  /**
   * Adds a command to those that leave next.
   *
   * @throws IllegalArgumentException if it has a line break: it would be two
   */
  void add(String command) throws IOException {
    if (command.indexOf('\r') >= 0 || command.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a command with a line break");
    }
    add(command.getBytes(StandardCharsets.UTF_8));
    add((byte) '\r');
    add((byte) '\n');
  }

  void add(byte[] octets) throws IOException {
    add(octets, 0, octets.length);
  }

  /** Adds octets to what leaves next; what fills a block leaves at once. */
  void add(byte[] octets, int offset, int length) throws IOException {
    int from = offset;
    int end = offset + length;
    while (from < end) {
      room();
      int count = Math.min(end - from, out.remaining());
      out.put(octets, from, count);
      from += count;
    }
  }

  void add(byte octet) throws IOException {
    room();
    out.put(octet);
  }

  private void room() throws IOException {
    if (out == WireBuffers.NOTHING) {
      out = buffers.borrow().limit(BLOCK);
    } else if (!out.hasRemaining()) {
      flush();
    }
  }

  /** Makes room, so that so many octets leave together. */
  void reserve(int octets) throws IOException {
    if (out.remaining() < octets) {
      flush();
    }
  }

  /** Has all that was added leave. */
  void flush() throws IOException {
    if (out.position() > 0) {
      deadline.millisLeft();
      try {
        wire.write(out.flip());
      } finally {
        out.clear().limit(BLOCK);
      }
    }
  }

  /** Sends a command, with those that were added before, and waits for the next reply. */
  SmtpReply send(String command, Duration patience) throws IOException {
    add(command);
    return read(patience);
  }

  /**
   * Waits for the next reply, after all that was added has left.
   *
   * @param patience in which it must be complete
   * @throws ProtocolViolated where it is none, or does not end
   */
  SmtpReply read(Duration patience) throws IOException {
    flush();
    Deadline until = deadline.orIn(patience);
    int bytes = 0;
    int blank = 0;
    lines = new ArrayList<>(1);
    while (lines.size() + blank < MAX_LINES) {
      String line = line(until, MAX_BYTES - bytes);
      bytes += line.length() + 1;
      if (lines.isEmpty()) {
        if (line.isBlank()) {
          blank++;
          continue;
        }
        if (!hasCode(line)) {
          throw new ProtocolViolated("the server's answer is no reply of SMTP");
        }
      }
      lines.add(line);
      // A line without a code amid others is taken for text of the server's.
      if (hasCode(line) && (line.length() == CODE || line.charAt(CODE) != '-')) {
        return reply();
      }
    }
    throw new ProtocolViolated("the server's answer does not end");
  }

  private SmtpReply reply() throws IOException {
    int code = Integer.parseInt(lines.get(0).substring(0, CODE));
    if (code < FIRST_CODE) {
      throw new ProtocolViolated("the server's answer is no reply of SMTP");
    }
    String text = lines.size() == 1 ? lines.get(0) : String.join("\n", lines);
    return new SmtpReply(code, redaction.clean(text));
  }

  /** The lines of the last reply, as they came. */
  List<String> lines() {
    return lines;
  }

  private static boolean hasCode(String line) {
    if (line.length() < CODE) {
      return false;
    }
    for (int i = 0; i < CODE; i++) {
      if (line.charAt(i) < '0' || line.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** The next line without its end. */
  private String line(Deadline until, int most) throws IOException {
    String line = "";
    while (true) {
      wire.await(until);
      ByteBuffer from = wire.buffered();
      int start = from.position();
      int end = start;
      while (end < from.limit() && from.get(end) != '\n') {
        end++;
      }
      if (line.length() + end - start > most) {
        throw new ProtocolViolated("the server's answer does not end");
      }
      boolean complete = end < from.limit();
      line +=
          new String(
              from.array(), from.arrayOffset() + start, end - start, StandardCharsets.ISO_8859_1);
      from.position(complete ? end + 1 : end);
      if (complete) {
        return withoutCr(line);
      }
    }
  }

  private static String withoutCr(String line) {
    int length = line.length();
    while (length > 0 && line.charAt(length - 1) == '\r') {
      length--;
    }
    return line.substring(0, length);
  }

  /** Gives the memory back that is needed for work only. */
  void rest() {
    if (out != WireBuffers.NOTHING) {
      buffers.release(out.limit(out.position()));
      out = WireBuffers.NOTHING;
    }
    wire.rest();
  }

  /** Cuts the connection. */
  @Override
  public void close() {
    wire.cut();
    rest();
  }

  @Override
  public String toString() {
    return "SMTP channel";
  }
}
