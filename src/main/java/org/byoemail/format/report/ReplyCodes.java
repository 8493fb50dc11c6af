package org.byoemail.format.report;

import java.util.OptionalInt;
import org.byoemail.format.mail.EnhancedStatus;

/** Finds SMTP reply codes (RFC 5321 section 4.2) in what a server said. */
final class ReplyCodes {
  private ReplyCodes() {}

  /** The first code that stands alone, not within a number, an address, a date or a port. */
  static OptionalInt find(String said) {
    for (int i = 0; i + 3 <= said.length(); i++) {
      if (isCode(said, i) && startsFreely(said, i) && endsFreely(said, i + 3)) {
        return OptionalInt.of(Integer.parseInt(said.substring(i, i + 3)));
      }
    }
    return OptionalInt.empty();
  }

  private static boolean isCode(String said, int at) {
    char first = said.charAt(at);
    return (first == '2' || first == '4' || first == '5')
        && said.charAt(at + 1) >= '0'
        && said.charAt(at + 1) <= '9'
        && said.charAt(at + 2) >= '0'
        && said.charAt(at + 2) <= '9';
  }

  private static boolean startsFreely(String said, int at) {
    return at == 0
        || !Character.isLetterOrDigit(said.charAt(at - 1))
            && ".:/-".indexOf(said.charAt(at - 1)) < 0
        || at > 1 && said.charAt(at - 1) == ':' && !Character.isDigit(said.charAt(at - 2));
  }

  private static boolean endsFreely(String said, int end) {
    return end == said.length() || " #-:,)]".indexOf(said.charAt(end)) >= 0;
  }

  /** What a reply code stands for where it is all that is said (RFC 5321 section 4.2.3). */
  static EnhancedStatus status(int code) {
    int statusClass = code / 100;
    return switch (code) {
      case 452, 552 -> new EnhancedStatus(statusClass, 2, 2);
      case 501, 502, 503, 504 -> new EnhancedStatus(statusClass, 5, code == 501 ? 4 : 1);
      case 421 -> new EnhancedStatus(statusClass, 3, 2);
      case 530, 534, 535 -> new EnhancedStatus(statusClass, 7, 0);
      default -> new EnhancedStatus(statusClass, 0, 0);
    };
  }
}
