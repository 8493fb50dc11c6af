package org.byoemail.format.mail;

/**
 * The characters beyond ASCII in bytes that are UTF-8 throughout; a last one may be cut, and does
 * not count.
 *
 * @param count how many there are; 0 if the bytes are no UTF-8
 * @param longOnes how many of them have three bytes or more
 */
record Utf8Sequences(int count, int longOnes) {
  static final Utf8Sequences NONE = new Utf8Sequences(0, 0);

  static Utf8Sequences in(byte[] bytes) {
    int count = 0;
    int longOnes = 0;
    int pos = 0;
    while (pos < bytes.length) {
      int first = bytes[pos++];
      if (first >= 0) {
        continue;
      }
      int more = (first & 0xE0) == 0xC0 ? 1 : (first & 0xF0) == 0xE0 ? 2 : 3;
      if (first < (byte) 0xC2 || first > (byte) 0xF4) {
        return NONE;
      }
      int end = pos + more;
      for (int i = 0; i < more && pos < bytes.length; i++, pos++) {
        if ((bytes[pos] & 0xC0) != 0x80 || i == 0 && !isSecond(first, bytes[pos])) {
          return NONE;
        }
      }
      boolean whole = pos == end;
      count += whole ? 1 : 0;
      longOnes += whole && more > 1 ? 1 : 0;
    }
    return new Utf8Sequences(count, longOnes);
  }

  /** Neither overlong, nor a surrogate, nor beyond Unicode (RFC 3629 section 4). */
  private static boolean isSecond(int first, byte second) {
    return switch (first & 0xFF) {
      case 0xE0 -> second >= (byte) 0xA0;
      case 0xED -> second < (byte) 0xA0;
      case 0xF0 -> second >= (byte) 0x90;
      case 0xF4 -> second < (byte) 0x90;
      default -> true;
    };
  }
}
