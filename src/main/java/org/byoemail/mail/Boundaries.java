package org.byoemail.mail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the parts between the boundary lines of one multipart (RFC 2046 section 5.1.1). */
final class Boundaries {
  private static final int MAX_GUESS = 200;

  private final ParseRun run;
  private final byte[] data;
  private final int from;
  private final int to;

  Boundaries(ParseRun run, byte[] data, int from, int to) {
    this.run = run;
    this.data = data;
    this.from = from;
    this.to = to;
  }

  /** Where one part, header and body, starts and ends. */
  record Stretch(int from, int to) {}

  /** The parts between lines with this text, dashes included; parts past the limit are left out. */
  List<Stretch> split(String delimiter) {
    List<Stretch> parts = new ArrayList<>();
    if (!run.takeSearch(to - from)) {
      return parts;
    }
    int partStart = -1;
    boolean closed = false;
    int textEnd = from;
    Lines lines = new Lines(data, from, to);
    while (lines.advance() && parts.size() <= run.limits.parts()) {
      if (lines.startsWith("--") && isDelimiter(lines, delimiter)) {
        if (partStart >= 0) {
          parts.add(new Stretch(partStart, Math.max(partStart, textEnd)));
        }
        closed = lines.startsWith(delimiter + "--");
        partStart = closed ? -1 : lines.next;
      }
      // The line break in front of a boundary belongs to the boundary.
      textEnd = lines.end;
    }
    if (partStart >= 0 && parts.size() <= run.limits.parts()) {
      parts.add(new Stretch(partStart, to));
    }
    if (!closed && !parts.isEmpty()) {
      run.problems.add(Problems.PART_UNCLOSED);
    }
    return parts;
  }

  private static boolean isDelimiter(Lines lines, String delimiter) {
    int rest = lines.start + delimiter.length();
    if (!lines.startsWith(delimiter)) {
      return false;
    }
    int end = lines.end;
    while (end > rest && (lines.data[end - 1] == ' ' || lines.data[end - 1] == '\t')) {
      end--;
    }
    return end == rest || end == rest + 2 && lines.data[rest] == '-' && lines.data[rest + 1] == '-';
  }

  /** The first line that looks like a boundary, being followed by a field of a part's header. */
  Optional<String> guess() {
    if (!run.takeSearch(to - from)) {
      return Optional.empty();
    }
    Lines lines = new Lines(data, from, to);
    Optional<String> candidate = Optional.empty();
    while (lines.advance()) {
      if (candidate.isPresent() && lines.fieldName().regionMatches(true, 0, "Content-", 0, 8)) {
        return candidate;
      }
      candidate = Optional.empty();
      int length = lines.end - lines.start;
      if (lines.startsWith("--") && length > 2 && length <= MAX_GUESS) {
        String text = new String(data, lines.start, length, StandardCharsets.ISO_8859_1);
        candidate = Optional.of(text.stripTrailing());
      }
    }
    return Optional.empty();
  }
}
