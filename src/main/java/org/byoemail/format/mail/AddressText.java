package org.byoemail.format.mail;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The written form of one address: bare, or as {@code Ada <ada@example.org>}. */
public final class AddressText {

  private static final int MAX_LENGTH = 500;
  private static final Pattern WITH_NAME =
      Pattern.compile(
          "(?<name>\\s*\"(?:[^\"\\\\]|\\\\.)*\"\\s*|[^<>]*)"
              + "<(?<address>\"(?:[^\"\\\\]|\\\\.)*\"@[^<>]+|[^<>]+)>");
  private static final Pattern QUOTED = Pattern.compile("\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern SEVERAL = Pattern.compile("@[^@,;\\s]{1,255}\\s?[,;][^@]{1,500}@");
  private static final Pattern NEEDS_QUOTES = Pattern.compile("[()<>\\[\\]:;@\\\\,.\"]");

  /** Starts at the start of a word only, so that the time grows with the length alone. */
  private static final Pattern IN_WORDS = Pattern.compile("<[^<>]*+>|(?<![^\\s>])[^\\s@]++@\\S++");

  private AddressText() {}

  /**
   * Reads one address, strictly.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static NamedAddress parse(String text) {
    String fault = HeaderText.fault(text);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
    }
    Matcher withName = WITH_NAME.matcher(text.strip());
    try {
      return withName.matches()
          ? new NamedAddress(
              name(withName.group("name")), EmailAddress.parse(withName.group("address")))
          : new NamedAddress("", EmailAddress.parse(text));
    } catch (IllegalArgumentException e) {
      String remedy = remedy(text);
      throw remedy == null ? e : new IllegalArgumentException(remedy, e);
    }
  }

  /** What to write instead of a text that is not one address; null if that is not known. */
  private static @Nullable String remedy(String text) {
    String written = text.strip();
    if (written.isEmpty()) {
      return "is empty";
    }
    if (written.regionMatches(true, 0, "mailto:", 0, 7)) {
      return "is a mailto link: write the address alone, such as ada@example.org";
    }
    int colon = written.indexOf(':');
    if (colon > 0 && written.endsWith(";") && written.lastIndexOf('"', colon) < 0) {
      return "is a group (RFC 5322): write the addresses of its members, each as an entry of a list";
    }
    if (SEVERAL.matcher(written).find()) {
      return "has several addresses in one string: write each as an entry of a list, such as"
          + " [\"ada@example.org\", \"ben@example.org\"]";
    }
    return null;
  }

  /**
   * Whether the address has characters beyond ASCII before the @, which servers take with SMTPUTF8
   * only (RFC 6531).
   *
   * @param written in the form of {@link #format}
   */
  public static boolean isInternational(String written) {
    return !Ascii.isAll(written.substring(written.lastIndexOf('<') + 1));
  }

  /** A server's reply without the addresses in it. */
  public static String leftOut(String words) {
    return IN_WORDS.matcher(words).replaceAll(" ");
  }

  private static String name(String text) {
    String name = text.strip();
    Matcher quoted = QUOTED.matcher(name);
    return quoted.matches() ? quoted.group("text").replaceAll("\\\\(.)", "$1").strip() : name;
  }

  /** The form that {@link #parse} reads. */
  public static String format(NamedAddress address) {
    String name = address.name();
    if (name.isEmpty()) {
      return address.address().written();
    }
    String shown =
        NEEDS_QUOTES.matcher(name).find()
            ? '"' + name.replaceAll("([\"\\\\])", "\\\\$1") + '"'
            : name;
    return shown + " <" + address.address().written() + ">";
  }
}
