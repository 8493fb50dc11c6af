package org.byoemail.format.report.notice;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;

/** Collects what a notice says of one recipient. */
final class DiagnosticText {
  private static final int MAX_LINES = 30;
  private static final int MAX_LENGTH = 2_000;
  private static final int SHORT = 10;

  private static final List<String> FORWARDING = List.of("(expanded from", "generated from");

  /** How far after these words the address stands. */
  private static final int MAX_DISTANCE = 330;

  private DiagnosticText() {}

  /**
   * @param line the index of the line that names the recipient; negative if it is none of them
   */
  static String of(
      List<NoticeLine> lines, Map<EmailAddress, Integer> all, EmailAddress address, int line) {
    StringBuilder text = new StringBuilder();
    if (line >= 0) {
      below(lines, all.values(), line, text);
    }
    if (text.length() > SHORT && isSpecific(text.toString())) {
      return text.toString();
    }
    // The transcript of the session follows the list of recipients.
    for (NoticeLine other : lines) {
      if (text.length() < MAX_LENGTH && other.lower().contains(address.value())) {
        append(text, other.text());
      }
    }
    if (all.size() == 1) {
      all(lines, text);
    }
    return text.toString();
  }

  /** The whole notice. */
  static String all(List<NoticeLine> lines) {
    StringBuilder text = new StringBuilder();
    all(lines, text);
    return text.toString();
  }

  private static void all(List<NoticeLine> lines, StringBuilder text) {
    for (NoticeLine line : lines) {
      if (text.length() < MAX_LENGTH && !line.isBlank() && !line.isHeading()) {
        append(text, line.text());
      }
    }
  }

  private static boolean isSpecific(String diagnostic) {
    return SmtpWords.hasReplyCode(diagnostic) || EnhancedStatus.find(diagnostic).isPresent();
  }

  private static void below(
      List<NoticeLine> lines, Collection<Integer> starts, int line, StringBuilder text) {
    NoticeLine first = lines.get(line);
    append(
        text,
        first.addresses().isEmpty() ? first.text() : withoutPunctuation(first.afterAddress()));
    for (int i = line + 1; i < Math.min(lines.size(), line + MAX_LINES); i++) {
      NoticeLine next = lines.get(i);
      boolean end = starts.contains(i) || next.isHeading() || next.isBlank() && text.length() > 3;
      if (end) {
        break;
      }
      append(text, next.text());
    }
  }

  /** Without the punctuation between an address and its reason. */
  private static String withoutPunctuation(String text) {
    int start = 0;
    while (start < text.length() && ":;,.- ".indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    return text.substring(start);
  }

  private static void append(StringBuilder text, String more) {
    int room = MAX_LENGTH - text.length() - 1;
    if (!more.isEmpty() && room > 0) {
      text.append(text.isEmpty() ? "" : " ").append(more, 0, Math.min(more.length(), room));
    }
  }

  /** The address that was forwarded to this recipient, or of which it is the alias. */
  static Optional<EmailAddress> originalRecipient(String diagnostic) {
    String lower = diagnostic.toLowerCase(Locale.ROOT);
    for (String word : FORWARDING) {
      int at = lower.indexOf(word);
      if (at >= 0) {
        String rest = diagnostic.substring(at, Math.min(diagnostic.length(), at + MAX_DISTANCE));
        int end = rest.indexOf(')');
        return FoundAddress.in(end < 0 ? rest : rest.substring(0, end)).stream()
            .map(FoundAddress::address)
            .findFirst();
      }
    }
    return Optional.empty();
  }
}
