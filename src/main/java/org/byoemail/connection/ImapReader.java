package org.byoemail.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes responses (RFC 9051 section 2.2.2) of bytes, as they come. What it is told to expect bounds
 * what it takes: an announced literal beyond that is refused before it is read, and memory is taken
 * as bytes arrive, not as they are announced.
 */
final class ImapReader {
  private static final int FIRST_OF_LITERAL = 64 << 10;

  private static final byte[] NOTHING = {};

  private final ImapWire wire;
  private List<byte[]> parts = new ArrayList<>(1);
  private byte[] line = NOTHING;
  private int length;
  private byte @Nullable [] literal;
  private int announced;
  private int filled;
  private long budget;

  ImapReader(ImapWire wire) {
    this.wire = wire;
  }

  /** How many bytes may come from now on. */
  void expect(long bytes) {
    budget = bytes;
  }

  /** The next response, waited for. */
  ImapResponse next(Deadline deadline) throws IOException {
    while (true) {
      wire.await(deadline);
      ImapResponse whole = take(wire.here());
      if (whole != null) {
        return whole;
      }
    }
  }

  /** The next response, if all of it is there; receives nothing. */
  @Nullable ImapResponse nextHere() throws IOException {
    while (wire.hasMore()) {
      ImapResponse whole = take(wire.here());
      if (whole != null) {
        return whole;
      }
    }
    return null;
  }

  /** Whether a response has begun and not ended. */
  boolean isAmid() {
    return length > 0 || !parts.isEmpty();
  }

  private @Nullable ImapResponse take(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      if (literal != null) {
        fill(from);
      } else if (endOfLine(from)) {
        int size = literalAtEnd();
        if (size < 0) {
          parts.add(takeLine());
          ImapResponse whole = new ImapResponse(parts);
          parts = new ArrayList<>(1);
          return whole;
        }
        beginLiteral(size);
      }
    }
    return null;
  }

  private void beginLiteral(int size) throws IOException {
    if (size > budget) {
      throw new IOException("the server announces more than it was asked for");
    }
    parts.add(takeLine());
    announced = size;
    filled = 0;
    literal = new byte[Math.min(size, FIRST_OF_LITERAL)];
    endOfLiteral(literal);
  }

  private void fill(ByteBuffer from) throws IOException {
    byte[] target = literal;
    if (target == null) {
      return;
    }
    if (filled == target.length) {
      target = Arrays.copyOf(target, (int) Math.min(announced, 2L * target.length));
      literal = target;
    }
    int count = Math.min(from.remaining(), target.length - filled);
    spend(count);
    from.get(target, filled, count);
    filled += count;
    endOfLiteral(target);
  }

  private void endOfLiteral(byte[] target) {
    if (filled == announced) {
      parts.add(target);
      literal = null;
    }
  }

  /** Takes up to the end of the line; false where it has not come yet. */
  private boolean endOfLine(ByteBuffer from) throws IOException {
    int start = from.position();
    int end = start;
    while (end < from.limit() && from.get(end) != '\n') {
      end++;
    }
    boolean complete = end < from.limit();
    int count = end - start;
    spend(count + 1L);
    if (length + count > line.length) {
      // Twice as much, if it comes in small pieces: each byte is copied a few times at most.
      int capacity = complete ? length + count : Math.max(length + count, 2 * length);
      line = Arrays.copyOf(line, capacity);
    }
    from.get(line, length, count);
    length += count;
    if (complete) {
      from.get();
      length -= length > 0 && line[length - 1] == '\r' ? 1 : 0;
    }
    return complete;
  }

  private byte[] takeLine() {
    byte[] taken = length == line.length ? line : Arrays.copyOf(line, length);
    line = NOTHING;
    length = 0;
    return taken;
  }

  private void spend(long bytes) throws IOException {
    budget -= bytes;
    if (budget < 0) {
      throw new IOException("the server's answer does not end");
    }
  }

  /** The size of the literal that the line announces, which is cut off it; else -1. */
  private int literalAtEnd() throws IOException {
    int end = length - 1;
    if (end < 2 || line[end] != '}') {
      return -1;
    }
    int digits = line[end - 1] == '+' ? end - 1 : end;
    int start = digits;
    while (start > 0 && line[start - 1] >= '0' && line[start - 1] <= '9') {
      start--;
    }
    if (start == digits || start == 0 || line[start - 1] != '{') {
      return -1;
    }
    if (digits - start > 9) {
      throw new IOException("the server announces more than it was asked for");
    }
    int size = 0;
    for (int i = start; i < digits; i++) {
      size = size * 10 + line[i] - '0';
    }
    boolean binary = start > 1 && line[start - 2] == '~';
    length = start - (binary ? 2 : 1);
    return size;
  }
}
