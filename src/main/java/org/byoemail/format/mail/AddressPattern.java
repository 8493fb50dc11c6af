package org.byoemail.format.mail;

/** Finds an address in a text, such as the JSON of an event. */
public final class AddressPattern {
  private AddressPattern() {}

  /**
   * A PostgreSQL regular expression that finds an address in a text, but not as part of another
   * address. It may follow a JSON escape, such as a line feed's.
   *
   * @param address in lower case, like the text
   */
  public static String of(String address) {
    StringBuilder pattern = new StringBuilder();
    pattern.append("(^|[^[:alnum:]._+-]|\\\\[bfnrt]|\\\\u[0-9a-f]{4})");
    address
        .codePoints()
        .forEach(c -> pattern.append(Character.isLetterOrDigit(c) ? "" : "\\").appendCodePoint(c));
    return pattern.append("(?![[:alnum:]-]|\\.[[:alnum:]])").toString();
  }
}
