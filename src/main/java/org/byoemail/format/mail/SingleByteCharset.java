package org.byoemail.format.mail;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.util.List;

/** A charset of one byte a character that the platform lacks. It reads and does not write. */
final class SingleByteCharset extends Charset {
  private final String characters;

  private SingleByteCharset(String name, String characters) {
    super(name, new String[0]);
    this.characters = characters;
  }

  /** The charsets of the list that comes with the program. */
  static List<Charset> all() {
    return Resource.lines("single-byte-charsets.txt").stream()
        .map(SingleByteCharset::read)
        .toList();
  }

  private static Charset read(String line) {
    String[] columns = line.split("\t", -1);
    StringBuilder characters = new StringBuilder();
    for (char c = 0; c < 0x80; c++) {
      characters.append(c);
    }
    String low = unescaped(columns[1]);
    for (int i = 0; i < low.length(); i += 3) {
      characters.setCharAt(Integer.parseInt(low, i, i + 2, 16), low.charAt(i + 2));
    }
    String high = unescaped(columns[2]);
    characters.append(high.isEmpty() ? "\uFFFD".repeat(0x80) : high);
    return new SingleByteCharset("x-byo-" + columns[0], characters.toString());
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean escaped = text.charAt(i) == '\\';
      out.append(escaped ? (char) Integer.parseInt(text, i + 2, i + 6, 16) : text.charAt(i));
      i += escaped ? 5 : 0;
    }
    return out.toString();
  }

  @Override
  public boolean contains(Charset other) {
    return equals(other);
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new CharsetDecoder(this, 1, 1) {
      @Override
      protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
        while (in.hasRemaining()) {
          if (!out.hasRemaining()) {
            return CoderResult.OVERFLOW;
          }
          out.put(characters.charAt(in.get() & 0xFF));
        }
        return CoderResult.UNDERFLOW;
      }
    };
  }

  @Override
  public CharsetEncoder newEncoder() {
    throw new UnsupportedOperationException(name() + " is only read");
  }

  @Override
  public boolean canEncode() {
    return false;
  }
}
