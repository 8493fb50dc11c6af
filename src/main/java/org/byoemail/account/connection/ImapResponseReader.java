package org.byoemail.account.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses responses (RFC 9051 section 2.2.2) from the bytes received. Bounded: a literal above the
 * limit is refused before it is read, and memory is allocated as bytes arrive, not as they are
 * announced. A returned response is not kept, and a long SEARCH response is returned in parts.
 */
final class ImapResponseReader {
  private static final int FIRST_OF_LITERAL = 64 << 10;
  private static final int MAX_LINE_LENGTH = 64 << 10;
  private static final int PIECE_OF_SEARCH = 8 << 10;
  private static final int MAX_LITERALS = 100;

  private static final byte[] NOTHING = {};

  private final Wire wire;
  private List<byte[]> parts = new ArrayList<>(1);
  private byte[] line = NOTHING;
  private int length;
  private byte @Nullable [] literal;
  private int announced;
  private int filled;
  private long budget;
  private long largestLiteral;

  ImapResponseReader(Wire wire) {
    this.wire = wire;
  }

  /**
   * Sets the bounds of the next response.
   *
   * @param bytes in all
   * @param largest bytes of one literal
   */
  void expect(long bytes, long largest) {
    budget = bytes;
    largestLiteral = largest;
  }

  /** Waits for the next response. */
  ImapResponse next(Deadline deadline) throws IOException {
    while (true) {
      wire.await(deadline);
      ImapResponse whole = take(wire.buffered());
      if (whole != null) {
        return whole;
      }
    }
  }

  /** The next response, if all of it is there; receives nothing. */
  @Nullable ImapResponse nextHere() throws IOException {
    while (wire.hasMore()) {
      ImapResponse whole = take(wire.buffered());
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
      } else {
        ImapResponse piece = pieceOfSearch();
        if (piece != null) {
          return piece;
        }
      }
    }
    return null;
  }

  private void beginLiteral(int size) throws IOException {
    if (size > Math.min(budget, largestLiteral)) {
      throw new ProtocolViolated("the server announces more than it was asked for");
    }
    if (parts.size() >= 2 * MAX_LITERALS) {
      throw new ProtocolViolated("the server's response does not end");
    }
    parts.add(takeLine());
    announced = size;
    filled = 0;
    literal = size == 0 ? NOTHING : new byte[Math.min(size, FIRST_OF_LITERAL)];
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

  /** Takes up to the end of the line; false if it has not come yet. */
  private boolean endOfLine(ByteBuffer from) throws IOException {
    int start = from.position();
    int end = start;
    while (end < from.limit() && from.get(end) != '\n') {
      end++;
    }
    boolean complete = end < from.limit();
    int count = end - start;
    spend(count + 1L);
    if (length + count > MAX_LINE_LENGTH) {
      throw new ProtocolViolated("a line of the server does not end");
    }
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

  /** What has come of a SEARCH response, where that is much; the rest becomes one of its own. */
  private @Nullable ImapResponse pieceOfSearch() {
    if (length < PIECE_OF_SEARCH || !parts.isEmpty()) {
      return null;
    }
    int numbers = startOfNumbers();
    int end = length - 1;
    while (end > numbers && line[end] != ' ') {
      end--;
    }
    if (numbers < 0 || end <= numbers) {
      return null;
    }
    ImapResponse piece = new ImapResponse(List.of(Arrays.copyOf(line, end)));
    System.arraycopy(line, end, line, numbers, length - end);
    length = numbers + length - end;
    return piece;
  }

  /** Where the numbers of a SEARCH response begin; -1 where the line is none. */
  private int startOfNumbers() {
    String start = start();
    int at = start.toUpperCase(Locale.ROOT).indexOf("SEARCH ");
    return at > 0 && start.charAt(0) == '*' && start.substring(1, at).isBlank() ? at + 6 : -1;
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
      throw new ProtocolViolated("the server's answer does not end");
    }
  }

  /** The size of the literal that the line announces, which is cut off it; else -1. */
  private int literalAtEnd() throws IOException {
    int end = length - 1;
    if (end > 0 && isBlank(line[end]) && (!parts.isEmpty() || isFetch())) {
      while (end > 0 && isBlank(line[end])) {
        end--;
      }
    }
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
      throw new ProtocolViolated("the server announces more than it was asked for");
    }
    int size = 0;
    for (int i = start; i < digits; i++) {
      size = size * 10 + line[i] - '0';
    }
    boolean binary = start > 1 && line[start - 2] == '~';
    length = start - (binary ? 2 : 1);
    return size;
  }

  private boolean isFetch() {
    return start().toUpperCase(Locale.ROOT).contains(" FETCH");
  }

  private String start() {
    return new String(line, 0, Math.min(length, 32), StandardCharsets.ISO_8859_1);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
