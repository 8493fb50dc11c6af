package org.byoemail.format.mail;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Decodes Base64 as senders write it (RFC 2045 section 6.8): padding ends a quantum and not the
 * data, padding at the end may be missing, and what is no letter of Base64 is passed over. Plain
 * text that a mailing list put behind the data is left out, where it stands below an empty line,
 * below the padding, or below a line of dashes. Reads each byte of the data at most twice.
 */
final class Base64Reader extends InputStream {
  private static final byte BLANK = -1;
  private static final byte PADDING = -2;
  private static final byte FOREIGN = -3;
  private static final byte[] VALUES = values();

  /** A paragraph behind plain text is data only if it starts with a line as long as this. */
  private static final int SURELY_DATA = 40;

  private static final int LINES_OF_A_FOOTER = 10;

  private final byte[] data;
  private final int limit;
  private int pos;
  private int bits;
  private int letters;
  private boolean any;

  /** Whether the next letter follows an empty line, or padding: what comes may be no data. */
  private boolean doubtful;

  private boolean lineBlank = true;
  private boolean afterText;

  /** Up to where a paragraph was found to be data. */
  private int dataEnd;

  /** Decoded bytes that found no room in the caller's array: at most three. */
  private final byte[] rest = new byte[3];

  private int restFrom;
  private int restTo;

  Base64Reader(byte[] data, int from, int to) {
    this.data = data;
    this.limit = to;
    this.pos = from;
  }

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, FOREIGN);
    Arrays.fill(values, 0, ' ' + 1, BLANK);
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < letters.length(); i++) {
      values[letters.charAt(i)] = (byte) i;
    }
    values['='] = PADDING;
    return values;
  }

  /** All of it. */
  static byte[] decode(byte[] data, int from, int to) {
    byte[] out = new byte[(int) ((to - from) * 3L / 4) + 3];
    int length = new Base64Reader(data, from, to).fill(out, 0, out.length);
    return length == out.length ? out : Arrays.copyOf(out, length);
  }

  /** Whether letters follow padding, or something else than Base64 stands at the end. */
  static boolean isBroken(ByteSlice text) {
    byte[] data = text.data();
    int end = text.to();
    while (end > text.from() && data[end - 1] <= ' ' && data[end - 1] >= 0) {
      end--;
    }
    if (end == text.from()) {
      return false;
    }
    int padding = text.from();
    while (padding < end && data[padding] != '=') {
      padding++;
    }
    if (padding == end) {
      return endsInText(data, text.from(), end);
    }
    while (padding < end && isBlankOrPadding(data[padding])) {
      padding++;
    }
    return padding < end;
  }

  private static boolean isBlankOrPadding(byte b) {
    return VALUES[b & 0xFF] == BLANK || VALUES[b & 0xFF] == PADDING;
  }

  private static boolean endsInText(byte[] data, int from, int to) {
    int end = to;
    for (int line = 0; line < LINES_OF_A_FOOTER && end > from; line++) {
      int start = lineStart(data, from, end);
      if (isText(data, start, trimmed(data, start, end))) {
        return true;
      }
      end = start - 1;
    }
    return false;
  }

  private static int lineStart(byte[] data, int from, int end) {
    int start = end;
    while (start > from && data[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  /** Whether the first two lines are text that was never encoded. */
  static boolean isPlainText(ByteSlice text) {
    byte[] data = text.data();
    int pos = text.from();
    int lines = 0;
    while (pos < text.to() && lines < 2) {
      int end = pos;
      while (end < text.to() && data[end] != '\n') {
        end++;
      }
      int last = trimmed(data, pos, end);
      if (last > pos) {
        if (!isText(data, pos, last)) {
          return false;
        }
        lines++;
      }
      pos = end + 1;
    }
    return lines > 0;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] out, int from, int length) {
    Objects.checkFromIndexSize(from, length, out.length);
    if (length == 0) {
      return 0;
    }
    int count = fill(out, from, from + length) - from;
    return count == 0 ? -1 : count;
  }

  /** Decodes into the array until it is full or the data ends; says where it stopped. */
  private int fill(byte[] out, int from, int to) {
    int at = from;
    while (at < to) {
      if (restFrom < restTo) {
        out[at++] = rest[restFrom++];
        continue;
      }
      if (letters == 0 && !doubtful) {
        int before = pos;
        at = quanta(out, at, to);
        lineBlank &= before == pos;
        any |= before < pos;
      }
      if (at < to && restFrom == restTo && !step()) {
        break;
      }
    }
    return at;
  }

  /** The fast way: four letters at a time. */
  private int quanta(byte[] out, int from, int to) {
    byte[] in = data;
    byte[] values = VALUES;
    int at = from;
    int next = pos;
    while (next + 4 <= limit && at + 3 <= to) {
      int a = values[in[next] & 0xFF];
      int b = values[in[next + 1] & 0xFF];
      int c = values[in[next + 2] & 0xFF];
      int d = values[in[next + 3] & 0xFF];
      if ((a | b | c | d) < 0) {
        break;
      }
      int quantum = a << 18 | b << 12 | c << 6 | d;
      out[at] = (byte) (quantum >> 16);
      out[at + 1] = (byte) (quantum >> 8);
      out[at + 2] = (byte) quantum;
      at += 3;
      next += 4;
    }
    pos = next;
    return at;
  }

  /** Takes one byte of the data; false at the end, with nothing left to give. */
  private boolean step() {
    if (pos >= limit) {
      endQuantum();
      return restFrom < restTo;
    }
    byte b = data[pos];
    byte value = VALUES[b & 0xFF];
    if (value == BLANK) {
      pos++;
      if (b == '\n') {
        doubtful |= lineBlank && any;
        lineBlank = true;
      }
      return true;
    }
    if (isEnd(value)) {
      endQuantum();
      skipParagraph();
      return true;
    }
    doubtful = value == PADDING;
    lineBlank = false;
    pos++;
    if (value == PADDING) {
      endQuantum();
    } else if (value >= 0) {
      any = true;
      bits = bits << 6 | value;
      if (++letters == 4) {
        give(3);
      }
    }
    return true;
  }

  /** Whether plain text starts here: told once for each line that may start it. */
  private boolean isEnd(byte value) {
    if (!any || !lineBlank) {
      return false;
    }
    return value == FOREIGN && isRule() || doubtful && pos >= dataEnd && isTextParagraph();
  }

  /** Whether the line has no letters in it, such as one of dashes above a footer. */
  private boolean isRule() {
    int end = pos;
    boolean rule = true;
    while (end < limit && data[end] != '\n') {
      rule &= VALUES[data[end] & 0xFF] < 0;
      end++;
    }
    return rule && end - pos > 1;
  }

  private boolean isTextParagraph() {
    int start = pos;
    boolean first = true;
    while (start < limit) {
      int end = lineEnd(start);
      int length = trimmed(data, start, end) - start;
      if (length == 0) {
        break;
      }
      if (isText(data, start, start + length) || first && afterText && length < SURELY_DATA) {
        return true;
      }
      first = false;
      start = Math.min(end + 1, limit);
    }
    dataEnd = start;
    afterText = false;
    return false;
  }

  private int lineEnd(int from) {
    int end = from;
    while (end < limit && data[end] != '\n') {
      end++;
    }
    return end;
  }

  private static int trimmed(byte[] data, int from, int to) {
    int end = to;
    while (end > from && VALUES[data[end - 1] & 0xFF] == BLANK) {
      end--;
    }
    return end;
  }

  /** Whether a line has in it what Base64 has not: blanks may stand between whole quanta only. */
  private static boolean isText(byte[] data, int from, int to) {
    int word = 0;
    for (int i = from; i < to; i++) {
      byte value = VALUES[data[i] & 0xFF];
      if (value == FOREIGN || value == BLANK && word % 4 != 0) {
        return true;
      }
      word = value == BLANK ? 0 : word + 1;
    }
    return false;
  }

  private void skipParagraph() {
    afterText = true;
    do {
      int end = lineEnd(pos);
      boolean empty = trimmed(data, pos, end) == pos;
      pos = Math.min(end + 1, limit);
      if (empty) {
        break;
      }
    } while (pos < limit);
    lineBlank = true;
    doubtful = true;
  }

  /** The bits that are left of letters without their fourth. */
  private void endQuantum() {
    if (letters > 1) {
      bits <<= 6 * (4 - letters);
      give(letters - 1);
    }
    letters = 0;
    bits = 0;
  }

  private void give(int bytes) {
    rest[0] = (byte) (bits >> 16);
    rest[1] = (byte) (bits >> 8);
    rest[2] = (byte) bits;
    restFrom = 0;
    restTo = bytes;
    letters = 0;
    bits = 0;
  }
}
