package org.byoemail.format.report;

import java.util.Optional;
import java.util.OptionalInt;
import org.byoemail.format.mail.EnhancedStatus;

/** Finds SMTP reply codes (RFC 5321 section 4.2) in a diagnostic. */
final class ReplyCodes {
  private ReplyCodes() {}

  /** The first code that is not part of a number, an address, a date or a port. */
  static OptionalInt find(String diagnostic) {
    for (int i = 0; i + 3 <= diagnostic.length(); i++) {
      if (isCode(diagnostic, i) && startsFreely(diagnostic, i) && endsFreely(diagnostic, i + 3)) {
        return OptionalInt.of(Integer.parseInt(diagnostic.substring(i, i + 3)));
      }
    }
    return OptionalInt.empty();
  }

  private static boolean isCode(String diagnostic, int at) {
    char first = diagnostic.charAt(at);
    return (first == '2' || first == '4' || first == '5')
        && diagnostic.charAt(at + 1) >= '0'
        && diagnostic.charAt(at + 1) <= '9'
        && diagnostic.charAt(at + 2) >= '0'
        && diagnostic.charAt(at + 2) <= '9';
  }

  private static boolean startsFreely(String diagnostic, int at) {
    return at == 0
        || !Character.isLetterOrDigit(diagnostic.charAt(at - 1))
            && ".:/-".indexOf(diagnostic.charAt(at - 1)) < 0
        || at > 1
            && diagnostic.charAt(at - 1) == ':'
            && !Character.isDigit(diagnostic.charAt(at - 2));
  }

  private static boolean endsFreely(String diagnostic, int end) {
    return end == diagnostic.length() || " #-:,)]".indexOf(diagnostic.charAt(end)) >= 0;
  }

  /** The status that a reply code alone stands for (RFC 5321 section 4.2.3). */
  static Optional<EnhancedStatus> status(OptionalInt replyCode) {
    return replyCode.isPresent() ? Optional.of(status(replyCode.getAsInt())) : Optional.empty();
  }

  private static EnhancedStatus status(int code) {
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
