package org.byoemail.format.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.Charsets;
import org.byoemail.format.mail.HeaderField;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a mail or a part: unfolds its fields and finds where the body starts, also
 * where lines of it are no header fields.
 */
final class HeaderReader {
  /** How many lines at the end of a header may be fields with blanks in their names. */
  private static final int MAX_GARBAGE = 5;

  private final ParseRun run;
  private final LineScanner lines;
  private final List<Field> fields = new ArrayList<>();
  private @Nullable String name;
  private final Bytes value = new Bytes();

  /** The value with the lines below it that are no fields; empty if absent. */
  private final ByteArrayOutputStream spoilt = new ByteArrayOutputStream();

  /** Whether the last line was no field, so that what it was folded into is none either. */
  private boolean inGarbage;

  /** How far the value was looked at for how it ends. */
  private int noted;

  private int quotes;
  private byte last;
  private byte beforeLast;

  /** Where the next line with a header field starts, as far as garbage made us look for it. */
  private int nextField = -1;

  private HeaderReader(ParseRun run, ByteSlice source) {
    this.run = run;
    this.lines = LineScanner.of(source);
  }

  /** Bytes that can be looked at without a copy of them all. */
  private static final class Bytes extends ByteArrayOutputStream {
    byte at(int index) {
      return buf[index];
    }
  }

  /**
   * A field as it was read.
   *
   * @param raw its bytes, where they are neither ASCII nor UTF-8
   * @param fingerprinted what of it makes the fingerprint: the same whatever is learnt to read
   */
  record Field(HeaderField field, byte @Nullable [] raw, HeaderField fingerprinted) {
    Field in(String charset) {
      return raw == null
          ? this
          : new Field(
              new HeaderField(field.name(), Charsets.read(raw, charset).text().strip()),
              raw,
              fingerprinted);
    }
  }

  /**
   * A header.
   *
   * @param bodyStart where the body starts in the bytes that were read
   */
  record Header(List<Field> fields, int bodyStart) {
    MailHeaders headers() {
      List<HeaderField> read = new ArrayList<>(fields.size());
      List<HeaderField> fingerprinted = new ArrayList<>(fields.size());
      for (Field each : fields) {
        read.add(each.field);
        fingerprinted.add(each.fingerprinted);
      }
      return new MailHeaders(read, isGuessed(), fingerprinted);
    }

    /**
     * Whether raw text in it is no UTF-8 (RFC 6532), so that only other parts say what it is in.
     */
    boolean isGuessed() {
      for (Field each : fields) {
        if (each.raw != null) {
          return true;
        }
      }
      return false;
    }

    /** With its raw text in the charset of that name. */
    Header in(String charset) {
      return new Header(fields.stream().map(each -> each.in(charset)).toList(), bodyStart);
    }

    Optional<String> first(String name) {
      for (Field each : fields) {
        if (each.field.name().equalsIgnoreCase(name)) {
          return Optional.of(each.field.value());
        }
      }
      return Optional.empty();
    }
  }

  /** The header of a mail, which may stand below the first line of an mbox or below blank lines. */
  static Header ofMail(ParseRun run, ByteSlice source) {
    LineScanner lines = LineScanner.of(source);
    boolean more = lines.advance();
    while (more && (lines.isBlank() || isMboxLine(lines))) {
      more = lines.advance();
    }
    return ofPart(run, more ? source.startingAt(lines.start) : source);
  }

  static Header ofPart(ParseRun run, ByteSlice source) {
    return new HeaderReader(run, source).read();
  }

  private static boolean isMboxLine(LineScanner lines) {
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
        startField(nameEnd);
      } else if (fieldFollows()) {
        run.problems.add(ParseProblems.HEADER_GARBAGE);
        garbage();
      } else {
        int bodyStart = garbageEnd();
        run.problems.add(
            bodyStart > lines.start
                ? ParseProblems.HEADER_GARBAGE
                : ParseProblems.HEADER_END_MISSING);
        return end(bodyStart);
      }
    }
    return end(lines.start);
  }

  private boolean fieldFollows() {
    if (nextField <= lines.start) {
      LineScanner ahead = new LineScanner(lines.data, lines.next, lines.limit());
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

  /** A folded line that lost its indentation belongs to the field above; any other to none. */
  private void garbage() {
    if (isUnfinished()) {
      append(lines.start);
      return;
    }
    if (name != null && !inGarbage) {
      spoilt.writeBytes(value.toByteArray());
    }
    inGarbage = true;
    append(lines.start);
  }

  /**
   * Whether the field above continues: a list of it is open, a word in quotes, or encoded words.
   */
  private boolean isUnfinished() {
    for (; noted < value.size(); noted++) {
      byte b = value.at(noted);
      quotes += b == '"' ? 1 : 0;
      if (b != ' ' && b != '\t' && b != '\r') {
        beforeLast = last;
        last = b;
      }
    }
    boolean encoded = beforeLast == '?' && last == '=';
    return !inGarbage
        && (last == ';' || last == ',' || quotes % 2 != 0 || encoded && lines.startsWith("=?"));
  }

  /**
   * Where the body starts after lines that no field follows: below the next empty line if these are
   * garbage at the end of the header, and here if they are the body, whose empty line is missing.
   */
  private int garbageEnd() {
    if (name == null && fields.isEmpty() || isSentence()) {
      return lines.start;
    }
    LineScanner ahead = new LineScanner(lines.data, lines.start, lines.limit());
    boolean named = true;
    int count = 0;
    while (ahead.advance() && !ahead.isEmpty()) {
      if (!ahead.isContinuation()) {
        named &= ahead.hasColon();
        count++;
      }
      if (count > (named ? MAX_GARBAGE : 1)) {
        return lines.start;
      }
    }
    return ahead.start < ahead.next && ahead.next < ahead.limit() ? ahead.next : lines.start;
  }

  private boolean isSentence() {
    return lines.end > lines.start && ",.!?".indexOf(lines.data[lines.end - 1]) >= 0;
  }

  private void startField(int nameEnd) {
    endField();
    inGarbage = false;
    noted = 0;
    quotes = 0;
    last = 0;
    beforeLast = 0;
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
    ByteArrayOutputStream out = inGarbage ? spoilt : value;
    if (out.size() > 0 && lines.start == from && !lines.isContinuation()) {
      out.write(' ');
    }
    int room = run.limits.fieldBytes() - out.size();
    if (lines.end - from > room) {
      run.problems.add(ParseProblems.FIELD_TOO_LONG);
    }
    int kept = run.takeHeader(Math.max(0, Math.min(lines.end - from, room)));
    out.write(lines.data, from, kept);
  }

  private void endField() {
    if (name != null) {
      byte[] bytes = value.toByteArray();
      Charsets.Decoded read = Charsets.read(bytes, null);
      boolean raw = read.guessed() && !read.charset().equals(StandardCharsets.UTF_8);
      HeaderField field = new HeaderField(name, read.text().strip());
      HeaderField fingerprinted =
          spoilt.size() == 0
              ? field
              : new HeaderField(name, Charsets.read(spoilt.toByteArray(), null).text().strip());
      fields.add(new Field(field, raw ? bytes : null, fingerprinted));
      value.reset();
      spoilt.reset();
      name = null;
    }
  }

  private Header end(int bodyStart) {
    endField();
    return new Header(List.copyOf(fields), bodyStart);
  }
}
