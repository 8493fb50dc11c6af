package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;

/** Reads where a failed address came from, if it was forwarded or is that of an alias. */
final class Forwarding {
  private static final List<String> WORDS = List.of("(expanded from", "generated from");

  /** How far behind these words the address stands. */
  private static final int MAX_DISTANCE = 330;

  private Forwarding() {}

  static Optional<EmailAddress> writtenTo(String said) {
    String lower = said.toLowerCase(Locale.ROOT);
    for (String word : WORDS) {
      int at = lower.indexOf(word);
      if (at >= 0) {
        String rest = said.substring(at, Math.min(said.length(), at + MAX_DISTANCE));
        int end = rest.indexOf(')');
        return FoundAddress.in(end < 0 ? rest : rest.substring(0, end)).stream()
            .map(FoundAddress::address)
            .findFirst();
      }
    }
    return Optional.empty();
  }
}
