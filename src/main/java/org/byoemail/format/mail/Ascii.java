package org.byoemail.format.mail;

/** Tells whether a text is plain ASCII. */
public final class Ascii {
  /** RFC 5322 section 2.1.1: of a line, in characters, without its end. */
  private static final int MAX_LINE = 998;

  private Ascii() {}

  /** Whether each of its characters is one of ASCII, control characters included. */
  public static boolean isAll(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether it can be a body as it is, by lines that are short enough of printable characters and
   * tabs (7bit, RFC 2045 section 2.7).
   */
  public static boolean isSevenBit(String text) {
    int line = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line = c == '\n' ? 0 : line + 1;
      boolean fits = c >= ' ' && c < 0x7f || c == '\t' || c == '\n';
      if (!fits || line > MAX_LINE) {
        return false;
      }
    }
    return true;
  }
}
