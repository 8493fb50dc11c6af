package org.byoemail.outbound;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * Someone a message is written to: an address, with the name that is shown beside it where one was
 * given.
 */
public record Correspondent(@Nullable String name, EmailAddress address) {

  private static final int LONGEST = 500;
  private static final Pattern WITH_NAME =
      Pattern.compile("(?<name>\\s*\"(?:[^\"\\\\]|\\\\.)*\"\\s*|[^<>]*)<(?<address>[^<>]+)>");
  private static final Pattern QUOTED = Pattern.compile("\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern NEEDS_QUOTES = Pattern.compile("[()<>\\[\\]:;@\\\\,.\"]");

  /**
   * Reads one address, bare or as {@code Ada <ada@example.org>}.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static Correspondent parse(String text) {
    String fault = HeaderText.fault(text);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
    }
    Matcher withName = WITH_NAME.matcher(text.strip());
    return withName.matches()
        ? new Correspondent(name(withName.group("name")), address(withName.group("address")))
        : new Correspondent(null, address(text));
  }

  private static EmailAddress address(String text) {
    EmailAddress address = EmailAddress.parse(text);
    if (!HeaderText.isAscii(address.localPart())) {
      throw new IllegalArgumentException(
          "the part before @ is not ASCII: such an address needs SMTPUTF8 (RFC 6531), which is not supported");
    }
    return address;
  }

  private static @Nullable String name(String text) {
    String name = text.strip();
    Matcher quoted = QUOTED.matcher(name);
    if (quoted.matches()) {
      name = quoted.group("text").replaceAll("\\\\(.)", "$1").strip();
    }
    return name.isEmpty() ? null : name;
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    if (name == null) {
      return address.value();
    }
    String shown =
        NEEDS_QUOTES.matcher(name).find()
            ? '"' + name.replaceAll("([\"\\\\])", "\\\\$1") + '"'
            : name;
    return shown + " <" + address + ">";
  }
}
