package org.byoemail.format.mail;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Decodes Base64 as senders write it (RFC 2045 section 6.8): padding ends a quantum and not the
 * data, padding at the end may be missing, and what is no letter of Base64 is passed over. Plain
 * text that a mailing list put after the data is left out, where it stands below an empty line,
 * below the padding, or below a line of dashes. Reads each byte of the data at most twice.
 */
final class Base64Reader extends InputStream {
  private static final byte BLANK = -1;
  private static final byte PADDING = -2;
  private static final byte FOREIGN = -3;
  private static final byte[] VALUES = values();

  /** After plain text, a paragraph is data only if its first line is at least this long. */
  private static final int MIN_DATA_LINE = 40;

  private static final int MAX_FOOTER_LINES = 10;

  private final byte[] data;
  private final int limit;
  private int pos;
  private int bits;
  private int letters;
  private boolean anyDecoded;

  /** Whether the next character follows an empty line or padding, and may belong to a footer. */
  private boolean mayBeFooter;

  private boolean lineBlank = true;
  private boolean followsText;

  /** The end of the paragraph that was found to be data. */
  private int dataEnd;

  /** Decoded bytes that did not fit into the caller's array: at most three. */
  private final byte[] pending = new byte[3];

  private int pendingFrom;
  private int pendingTo;

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
    for (int line = 0; line < MAX_FOOTER_LINES && end > from; line++) {
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
      if (pendingFrom < pendingTo) {
        out[at++] = pending[pendingFrom++];
        continue;
      }
      if (letters == 0 && !mayBeFooter) {
        int before = pos;
        at = decodeQuanta(out, at, to);
        lineBlank &= before == pos;
        anyDecoded |= before < pos;
      }
      if (at < to && pendingFrom == pendingTo && !decodeByte()) {
        break;
      }
    }
    return at;
  }

  /** Decodes whole quanta of four characters. */
  private int decodeQuanta(byte[] out, int from, int to) {
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

  /** Decodes one byte of the data; false at the end, when nothing is pending. */
  private boolean decodeByte() {
    if (pos >= limit) {
      endQuantum();
      return pendingFrom < pendingTo;
    }
    byte b = data[pos];
    byte value = VALUES[b & 0xFF];
    if (value == BLANK) {
      pos++;
      if (b == '\n') {
        mayBeFooter |= lineBlank && anyDecoded;
        lineBlank = true;
      }
      return true;
    }
    if (isEnd(value)) {
      endQuantum();
      skipParagraph();
      return true;
    }
    mayBeFooter = value == PADDING;
    lineBlank = false;
    pos++;
    if (value == PADDING) {
      endQuantum();
    } else if (value >= 0) {
      anyDecoded = true;
      bits = bits << 6 | value;
      if (++letters == 4) {
        emit(3);
      }
    }
    return true;
  }

  /** Whether plain text starts here; asked once for each line that may start it. */
  private boolean isEnd(byte value) {
    if (!anyDecoded || !lineBlank) {
      return false;
    }
    return value == FOREIGN && isRule() || mayBeFooter && pos >= dataEnd && isTextParagraph();
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
      if (isText(data, start, start + length) || first && followsText && length < MIN_DATA_LINE) {
        return true;
      }
      first = false;
      start = Math.min(end + 1, limit);
    }
    dataEnd = start;
    followsText = false;
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

  /** Whether a line cannot be Base64: blanks may stand between whole quanta only. */
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
    followsText = true;
    do {
      int end = lineEnd(pos);
      boolean empty = trimmed(data, pos, end) == pos;
      pos = Math.min(end + 1, limit);
      if (empty) {
        break;
      }
    } while (pos < limit);
    lineBlank = true;
    mayBeFooter = true;
  }

  /** Flushes the bits of an incomplete quantum. */
  private void endQuantum() {
    if (letters > 1) {
      bits <<= 6 * (4 - letters);
      emit(letters - 1);
    }
    letters = 0;
    bits = 0;
  }

  private void emit(int bytes) {
    pending[0] = (byte) (bits >> 16);
    pending[1] = (byte) (bits >> 8);
    pending[2] = (byte) bits;
    pendingFrom = 0;
    pendingTo = bytes;
    letters = 0;
    bits = 0;
  }
}
