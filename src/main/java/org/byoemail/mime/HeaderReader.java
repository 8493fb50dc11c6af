package org.byoemail.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.mail.Charsets;
import org.byoemail.mail.HeaderField;
import org.byoemail.mail.Stretch;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a mail or a part: unfolds its fields and finds where the body starts, also
 * where lines of it are no header fields.
 */
final class HeaderReader {
  private final ParseRun run;
  private final Lines lines;
  private final List<HeaderField> fields = new ArrayList<>();
  private boolean charsetGuessed;
  private @Nullable String name;
  private final ByteArrayOutputStream value = new ByteArrayOutputStream();

  /** Where the next line with a header field starts, as far as garbage made us look for it. */
  private int nextField = -1;

  private HeaderReader(ParseRun run, Stretch source) {
    this.run = run;
    this.lines = Lines.of(source);
  }

  /**
   * A header.
   *
   * @param bodyStart where the body starts in the bytes that were read
   * @param charsetGuessed whether raw text in it is no UTF-8, so that nothing says what it is in
   */
  record Header(List<HeaderField> fields, int bodyStart, boolean charsetGuessed) {
    MailHeaders headers() {
      return new MailHeaders(fields, charsetGuessed);
    }
  }

  /** The header of a mail, which may stand below the first line of an mbox or below blank lines. */
  static Header ofMail(ParseRun run, Stretch source) {
    Lines lines = Lines.of(source);
    boolean more = lines.advance();
    while (more && (lines.isBlank() || isMboxLine(lines))) {
      more = lines.advance();
    }
    return ofPart(run, more ? source.startingAt(lines.start) : source);
  }

  static Header ofPart(ParseRun run, Stretch source) {
    return new HeaderReader(run, source).read();
  }

  private static boolean isMboxLine(Lines lines) {
    return lines.startsWith("From ") || lines.startsWith(">From ");
  }

  private Header read() {
    while (lines.advance()) {
      if (lines.isEmpty()) {
        return end(lines.next);
      }
      int nameEnd = lines.fieldNameEnd();
      if (lines.isContinuation()) {
        append(lines.start);
      } else if (nameEnd >= 0) {
        endField();
        startField(nameEnd);
      } else if (fieldFollows()) {
        // A folded line that lost its indentation, most often.
        run.problems.add(Problems.HEADER_GARBAGE);
        append(lines.start);
      } else {
        run.problems.add(Problems.HEADER_END_MISSING);
        return end(lines.start);
      }
    }
    return end(lines.start);
  }

  private boolean fieldFollows() {
    if (nextField <= lines.start) {
      Lines ahead = new Lines(lines.data, lines.next, lines.limit());
      nextField = Integer.MAX_VALUE;
      while (ahead.advance() && !ahead.isEmpty()) {
        if (ahead.fieldNameEnd() >= 0) {
          nextField = ahead.start;
          break;
        }
      }
    }
    return nextField != Integer.MAX_VALUE;
  }

  private void startField(int nameEnd) {
    if (run.takeField()) {
      int kept = run.takeHeader(Math.min(nameEnd - lines.start, run.limits.fieldBytes()));
      name = new String(lines.data, lines.start, kept, StandardCharsets.US_ASCII);
      int colon = nameEnd;
      while (lines.data[colon] != ':') {
        colon++;
      }
      append(colon + 1);
    }
  }

  private void append(int from) {
    if (name == null) {
      return;
    }
    if (value.size() > 0 && lines.start == from && !lines.isContinuation()) {
      value.write(' ');
    }
    int room = run.limits.fieldBytes() - value.size();
    if (lines.end - from > room) {
      run.problems.add(Problems.FIELD_TOO_LONG);
    }
    int kept = run.takeHeader(Math.max(0, Math.min(lines.end - from, room)));
    value.write(lines.data, from, kept);
  }

  private void endField() {
    if (name != null) {
      Charsets.Decoded read = Charsets.read(value.toByteArray(), null);
      // RFC 6532 makes UTF-8 what a header is in.
      charsetGuessed |= read.guessed() && !read.charset().equals(StandardCharsets.UTF_8);
      fields.add(new HeaderField(name, read.text().strip()));
      value.reset();
      name = null;
    }
  }

  private Header end(int bodyStart) {
    endField();
    return new Header(List.copyOf(fields), bodyStart, charsetGuessed);
  }
}
