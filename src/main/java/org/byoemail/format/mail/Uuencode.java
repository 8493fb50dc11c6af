package org.byoemail.format.mail;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Lines of uuencode, in which files were sent before MIME. */
public final class Uuencode {
  private Uuencode() {}

  /** What the lines between the one that begins the file and the one that ends it stand for. */
  static byte[] decode(byte[] data, int from, int to) {
    String text = new String(data, from, to - from, StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int begin = text.startsWith("begin ") ? 0 : text.indexOf("\nbegin ") + 1;
    boolean named = text.startsWith("begin ", begin);
    int pos = named ? after(text, begin) : 0;
    while (pos < text.length()) {
      int next = after(text, pos);
      String line = text.substring(pos, next).stripTrailing();
      if (line.equals("end")) {
        break;
      }
      if (!line.isEmpty()) {
        decodeLine(line, content);
      }
      pos = next;
    }
    return content.toByteArray();
  }

  private static int after(String text, int line) {
    int end = text.indexOf('\n', line);
    return end < 0 ? text.length() : end + 1;
  }

  /**
   * Decodes one line.
   *
   * @return whether it is one; nothing is written of any other
   */
  public static boolean decodeLine(String line, ByteArrayOutputStream content) {
    int bytes = value(line.charAt(0));
    // Trailing blanks stand for zeros, and get lost; a character too many is a check sum.
    int groups = (bytes + 2) / 3;
    if (bytes <= 0 || line.length() > 1 + groups * 4 + 1 || line.length() < 1 + groups * 3) {
      return false;
    }
    byte[] decoded = new byte[groups * 3];
    for (int i = 0; i < groups; i++) {
      int bits = 0;
      for (int j = 1; j <= 4; j++) {
        int at = i * 4 + j;
        int value = at < line.length() ? value(line.charAt(at)) : 0;
        if (value < 0) {
          return false;
        }
        bits = bits << 6 | value;
      }
      decoded[i * 3] = (byte) (bits >> 16);
      decoded[i * 3 + 1] = (byte) (bits >> 8);
      decoded[i * 3 + 2] = (byte) bits;
    }
    content.write(decoded, 0, bytes);
    return true;
  }

  /** Six bits, or -1 for a character that stands for none. */
  private static int value(char c) {
    return c < ' ' || c > '`' ? -1 : c - ' ' & 0x3F;
  }
}
