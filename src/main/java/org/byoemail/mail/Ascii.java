package org.byoemail.mail;

/** Whether a text is one that needs no more than ASCII. */
public final class Ascii {
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
}
