package org.byoemail.format.mail;

/**
 * Foreign text, such as a server's reply, as the database can store it and an operator can read it.
 */
public final class StoredText {
  private StoredText() {}

  /**
   * The text without NUL, which PostgreSQL refuses, and no longer than that.
   *
   * @param longest in chars; a character outside the BMP is not cut in two
   */
  public static String of(String text, int longest) {
    String clean = text.replace("\0", "");
    if (clean.length() <= longest) {
      return clean;
    }
    boolean inTwo = longest > 0 && Character.isHighSurrogate(clean.charAt(longest - 1));
    return clean.substring(0, inTwo ? longest - 1 : longest);
  }
}
