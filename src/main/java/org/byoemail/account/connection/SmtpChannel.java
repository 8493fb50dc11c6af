package org.byoemail.account.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands to an SMTP server and its replies (RFC 5321 section 4). Commands are buffered, and sent
 * together before a reply is read. A reply is bounded in time, and to {@value #MAX_LINES} lines and
 * {@value #MAX_BYTES} bytes. Used by one thread at a time.
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
   * @param deadline the deadline of all reads and writes, until another is set
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

  /** Sets the deadline of all further reads and writes. */
  void deadline(Deadline until) {
    deadline = until;
  }

  /**
   * Buffers a command.
   *
   * @throws IllegalArgumentException if it has a line break, which would make it two commands
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

  /** Buffers octets; a full block is sent at once. */
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

  /** Ensures that so many octets can be sent together. */
  void reserve(int octets) throws IOException {
    if (out.remaining() < octets) {
      flush();
    }
  }

  /** Sends what is buffered. */
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

  /** Sends a command after the buffered ones, and waits for the next reply. */
  SmtpReply send(String command, Duration patience) throws IOException {
    add(command);
    return read(patience);
  }

  /**
   * Sends what is buffered, and waits for the next reply.
   *
   * @param patience the timeout of the complete reply
   * @throws ProtocolViolated if it is malformed or too long
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
      // A line without a reply code within a multiline reply is taken as text.
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

  /** The lines of the last reply, as received. */
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

  /** The next line without its line break. */
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

  /** Returns the buffers to the pool. */
  void rest() {
    if (out != WireBuffers.NOTHING) {
      buffers.release(out.limit(out.position()));
      out = WireBuffers.NOTHING;
    }
    wire.rest();
  }

  /** Closes the socket. */
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
