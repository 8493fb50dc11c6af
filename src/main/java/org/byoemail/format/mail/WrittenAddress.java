package org.byoemail.format.mail;

/** How an address is found in a text, such as the JSON of an event. */
public final class WrittenAddress {
  private WrittenAddress() {}

  /**
   * A regular expression of PostgreSQL that finds an address in a text, but not as a part of
   * another address. What precedes it may be an escape of JSON, such as that of a line feed.
   *
   * @param address in lower case, as the text is
   */
  public static String pattern(String address) {
    StringBuilder pattern = new StringBuilder();
    pattern.append("(^|[^[:alnum:]._+-]|\\\\[bfnrt]|\\\\u[0-9a-f]{4})");
    address
        .codePoints()
        .forEach(c -> pattern.append(Character.isLetterOrDigit(c) ? "" : "\\").appendCodePoint(c));
    return pattern.append("(?![[:alnum:]-]|\\.[[:alnum:]])").toString();
  }
}
