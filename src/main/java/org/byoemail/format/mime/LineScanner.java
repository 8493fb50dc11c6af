package org.byoemail.format.mime;

import java.nio.charset.StandardCharsets;
import org.byoemail.format.mail.ByteSlice;

/** Walks over the lines of a stretch of bytes, which end in LF, CRLF or any number of CR and LF. */
final class LineScanner {
  final byte[] data;
  private final int limit;

  /** Where the present line starts. */
  int start;

  /** Where its text ends. */
  int end;

  /** Where the next line starts. */
  int next;

  static LineScanner of(ByteSlice bytes) {
    return new LineScanner(bytes.data(), bytes.from(), bytes.to());
  }

  LineScanner(byte[] data, int from, int limit) {
    this.data = data;
    this.limit = limit;
    this.start = from;
    this.end = from;
    this.next = from;
  }

  int limit() {
    return limit;
  }

  /** Goes to the next line; false at the end. */
  boolean advance() {
    if (next >= limit) {
      start = limit;
      end = limit;
      return false;
    }
    start = next;
    int pos = start;
    while (pos < limit && data[pos] != '\n') {
      pos++;
    }
    next = Math.min(pos + 1, limit);
    end = pos;
    while (end > start && data[end - 1] == '\r') {
      end--;
    }
    return true;
  }

  boolean isEmpty() {
    return end == start;
  }

  boolean isBlank() {
    for (int i = start; i < end; i++) {
      if (!isBlank(data[i])) {
        return false;
      }
    }
    return true;
  }

  boolean isContinuation() {
    return start < end && isBlank(data[start]);
  }

  boolean startsWith(String ascii) {
    if (end - start < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (data[start + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Where the name of a header field ends (RFC 5322 section 2.2), or -1 where this is none. */
  int fieldNameEnd() {
    int pos = start;
    while (pos < end && data[pos] > 32 && data[pos] != ':' && data[pos] != 127) {
      pos++;
    }
    int nameEnd = pos;
    while (pos < end && isBlank(data[pos])) {
      pos++;
    }
    return nameEnd > start && pos < end && data[pos] == ':' ? nameEnd : -1;
  }

  /** Whether a colon stands in it, so that it may be meant as a field. */
  boolean hasColon() {
    int pos = start;
    while (pos < end && data[pos] != ':') {
      pos++;
    }
    return pos < end;
  }

  /** The name of the header field in this line; empty if it is none. */
  String fieldName() {
    int nameEnd = fieldNameEnd();
    return nameEnd < 0 ? "" : new String(data, start, nameEnd - start, StandardCharsets.US_ASCII);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
