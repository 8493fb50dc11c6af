package org.byoemail.format.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.ByteSlice;

/** Finds the parts between the boundary lines of one multipart (RFC 2046 section 5.1.1). */
final class Boundaries {
  private static final int MAX_GUESS = 200;

  private final int maxParts;

  Boundaries(int maxParts) {
    this.maxParts = maxParts;
  }

  /**
   * What stands between boundary lines.
   *
   * @param parts header and body each; at most one more than the limit
   * @param closed whether the last boundary line was the closing one
   */
  record Split(List<ByteSlice> parts, boolean closed) {}

  /** The parts between lines of two dashes and this text; none where the text is empty. */
  Split split(String boundary, ByteSlice body) {
    List<ByteSlice> parts = new ArrayList<>();
    String delimiter = "--" + boundary;
    String closing = delimiter + "--";
    int partStart = -1;
    boolean closed = false;
    int textEnd = body.from();
    LineScanner lines = LineScanner.of(body);
    while (!boundary.isEmpty() && parts.size() <= maxParts && lines.advance()) {
      if (lines.startsWith(delimiter) && isDelimiter(lines, delimiter.length())) {
        if (partStart >= 0) {
          parts.add(new ByteSlice(body.data(), partStart, Math.max(partStart, textEnd)));
        }
        closed = lines.startsWith(closing);
        partStart = closed ? -1 : lines.next;
      }
      // The line break in front of a boundary belongs to the boundary.
      textEnd = lines.end;
    }
    if (partStart >= 0 && parts.size() <= maxParts) {
      parts.add(body.startingAt(partStart));
    }
    return new Split(parts, closed);
  }

  /** Whether nothing but closing dashes and blanks follow the delimiter. */
  private static boolean isDelimiter(LineScanner lines, int length) {
    int rest = lines.start + length;
    int end = lines.end;
    while (end > rest && (lines.data[end - 1] == ' ' || lines.data[end - 1] == '\t')) {
      end--;
    }
    return end == rest || end == rest + 2 && lines.data[rest] == '-' && lines.data[rest + 1] == '-';
  }

  /** The first line that looks like a boundary, being followed by a field of a part's header. */
  Optional<String> guess(ByteSlice body) {
    LineScanner lines = LineScanner.of(body);
    Optional<String> candidate = Optional.empty();
    while (lines.advance()) {
      if (candidate.isPresent() && lines.fieldName().regionMatches(true, 0, "Content-", 0, 8)) {
        return candidate;
      }
      candidate = Optional.empty();
      int length = lines.end - lines.start - 2;
      if (lines.startsWith("--") && length > 0 && length <= MAX_GUESS) {
        String text = new String(lines.data, lines.start + 2, length, StandardCharsets.ISO_8859_1);
        candidate = Optional.of(text.stripTrailing());
      }
    }
    return Optional.empty();
  }
}
