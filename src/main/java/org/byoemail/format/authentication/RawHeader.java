package org.byoemail.format.authentication;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The header of a mail byte for byte, as signatures cover it. A line end that lacks its CR gets it.
 *
 * @param isMalformed whether another reader could split it otherwise: a line that is no field or
 *     only blanks, a single CR, a NUL, or more than 1 MB
 */
record RawHeader(List<Field> fields, boolean isMalformed) {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_FIELDS = 10_000;

  /**
   * A field.
   *
   * @param name in lower case; empty for a line that is no field
   * @param text all of it in ISO 8859-1, with its line ends
   */
  record Field(String name, String text) {
    /** What is after the colon. */
    String value() {
      return text.substring(text.indexOf(':') + 1);
    }

    /** As a signature covers it, without the line end (RFC 6376 section 3.4). */
    String canonical(boolean relaxed) {
      if (!relaxed) {
        return text.substring(0, text.length() - 2);
      }
      String value = value();
      StringBuilder unfolded = new StringBuilder(value.length());
      boolean blank = false;
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
          blank = true;
        } else {
          if (blank && unfolded.length() > 0) {
            unfolded.append(' ');
          }
          blank = false;
          unfolded.append(c);
        }
      }
      return name + ":" + unfolded;
    }
  }

  /** Reads the header up to the empty line, after which the stream then stands. */
  static RawHeader read(InputStream in) throws IOException {
    List<Field> fields = new ArrayList<>();
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    boolean malformed = false;
    int bytes = 0;
    int lineStart = 0;
    boolean carriage = false;
    boolean begun = false;
    boolean onlyBlanks = true;
    int b = in.read();
    while (b >= 0 && bytes++ < MAX_BYTES && fields.size() < MAX_FIELDS) {
      if (field.size() == lineStart && !carriage && begun && b != ' ' && b != '\t' && !ends(b)) {
        malformed |= !add(fields, field);
        lineStart = 0;
      }
      if (b == '\n') {
        if (field.size() == lineStart) {
          malformed |= field.size() > 0 && !add(fields, field);
          return new RawHeader(List.copyOf(fields), malformed);
        }
        malformed |= onlyBlanks;
        onlyBlanks = true;
        field.write('\r');
        field.write('\n');
        lineStart = field.size();
        carriage = false;
        begun = true;
      } else {
        malformed |= carriage || b == 0;
        onlyBlanks &= b == ' ' || b == '\t' || b == '\r';
        carriage = b == '\r';
        if (!carriage) {
          field.write(b);
        }
      }
      b = in.read();
    }
    malformed |= b >= 0;
    if (field.size() > 0) {
      field.write('\r');
      field.write('\n');
      malformed |= !add(fields, field);
    }
    return new RawHeader(List.copyOf(fields), malformed);
  }

  private static boolean ends(int b) {
    return b == '\r' || b == '\n';
  }

  /** Adds the field that was read; false if it is none. */
  private static boolean add(List<Field> fields, ByteArrayOutputStream field) {
    if (field.size() == 0) {
      return true;
    }
    String text = field.toString(StandardCharsets.ISO_8859_1);
    field.reset();
    int colon = text.indexOf(':');
    String name = colon < 0 ? "" : text.substring(0, colon).stripTrailing();
    boolean isField = !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 127);
    fields.add(new Field(isField ? name.toLowerCase(Locale.ROOT) : "", text));
    return isField;
  }
}
