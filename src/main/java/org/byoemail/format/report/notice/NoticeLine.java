package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Locale;

/**
 * A line of a notice.
 *
 * @param text without blanks at its ends
 * @param lower the same in lower case
 * @param indent the number of blanks in front of it
 */
record NoticeLine(String text, String lower, int indent, List<FoundAddress> addresses) {
  private static final int MAX_DIGITS = 3;

  /** As in {@code SMTP <user@example.org>}. */
  private static final String PROTOCOL = "smtp <";

  private static final String BULLETS = " \t>*-•・=|+\"'#";

  static NoticeLine of(String raw) {
    String text = raw.strip();
    int indent = 0;
    while (indent < raw.length() && Character.isWhitespace(raw.charAt(indent))) {
      indent++;
    }
    List<FoundAddress> addresses =
        text.indexOf('@') < 0 ? List.of() : List.copyOf(FoundAddress.in(text));
    return new NoticeLine(text, text.toLowerCase(Locale.ROOT), indent, addresses);
  }

  boolean isBlank() {
    return text.isEmpty();
  }

  /** Whether it starts with an address, after bullets and quotes. */
  boolean startsWithAddress() {
    return !addresses.isEmpty() && isDecoration(text, afterPrefix(), addresses.get(0).start());
  }

  /** Whether it is one address, with punctuation around it. */
  boolean isAddress() {
    if (!startsWithAddress()) {
      return false;
    }
    String rest = text.substring(addresses.get(0).end());
    // "user@example.org <user@example.org>", "user@example.org<mailto:user@example.org>"
    return rest.isEmpty()
        || isDecoration(rest, 0, rest.length())
        || addresses.size() == 2
            && addresses.get(1).address().equals(addresses.get(0).address())
            && addresses.get(1).end() >= text.length() - 1
            && addresses.get(1).start() - addresses.get(0).end() <= 2;
  }

  /** Whether it has one address, and only punctuation after it. */
  boolean endsWithAddress() {
    return addresses.size() == 1
        && text.substring(addresses.get(0).end()).chars().noneMatch(Character::isLetterOrDigit);
  }

  /** The address that it starts with; its display name may look like one as well. */
  FoundAddress leadingAddress() {
    FoundAddress first = addresses.get(0);
    if (addresses.size() > 1) {
      FoundAddress second = addresses.get(1);
      boolean named =
          text.charAt(second.start()) == '<'
              && text.substring(first.end(), second.start()).isBlank();
      return named ? second : first;
    }
    return first;
  }

  /** The text after {@link #leadingAddress}. */
  String afterAddress() {
    return text.substring(leadingAddress().end()).strip();
  }

  /** Whether it starts a section, such as {@code ----- Transcript of session follows -----}. */
  boolean isHeading() {
    return text.startsWith("---")
        || text.startsWith("===")
        || text.startsWith("***")
        || text.startsWith("|---");
  }

  /** Where the text starts after the name of the protocol, or the number of an item. */
  private int afterPrefix() {
    return lower.startsWith(PROTOCOL) ? PROTOCOL.length() : afterNumber();
  }

  /** Where the text starts after the number of an item, as in {@code 2. } or {@code 2) }. */
  private int afterNumber() {
    int at = 0;
    while (at < Math.min(text.length(), MAX_DIGITS) && Character.isDigit(text.charAt(at))) {
      at++;
    }
    return at > 0 && at < text.length() && ".)".indexOf(text.charAt(at)) >= 0 ? at + 1 : 0;
  }

  private static boolean isDecoration(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (BULLETS.indexOf(text.charAt(i)) < 0 && ".,;:".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }
}
