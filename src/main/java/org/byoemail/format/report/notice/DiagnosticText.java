package org.byoemail.format.report.notice;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;

/** Gathers what a notice says about one recipient. */
final class DiagnosticText {
  private static final int MAX_LINES = 30;
  private static final int MAX_LENGTH = 2_000;
  private static final int SHORT = 10;

  private DiagnosticText() {}

  /**
   * @param line where the recipient was found; negative where it was not in the lines
   */
  static String recipient(
      List<NoticeLine> lines, Map<EmailAddress, Integer> all, EmailAddress address, int line) {
    StringBuilder said = new StringBuilder();
    if (line >= 0) {
      below(lines, all.values(), line, said);
    }
    if (said.length() > SHORT && isTelling(said.toString())) {
      return said.toString();
    }
    // The transcript of the session comes after the list of recipients.
    for (NoticeLine other : lines) {
      if (said.length() < MAX_LENGTH && other.lower().contains(address.value())) {
        append(said, other.text());
      }
    }
    if (all.size() == 1) {
      all(lines, said);
    }
    return said.toString();
  }

  /** All that the notice says. */
  static String all(List<NoticeLine> lines) {
    StringBuilder said = new StringBuilder();
    all(lines, said);
    return said.toString();
  }

  private static void all(List<NoticeLine> lines, StringBuilder said) {
    for (NoticeLine line : lines) {
      if (said.length() < MAX_LENGTH && !line.isBlank() && !line.isHeading()) {
        append(said, line.text());
      }
    }
  }

  private static boolean isTelling(String said) {
    return SmtpWords.hasReplyCode(said) || EnhancedStatus.find(said).isPresent();
  }

  private static void below(
      List<NoticeLine> lines, Collection<Integer> starts, int line, StringBuilder said) {
    NoticeLine first = lines.get(line);
    append(said, first.addresses().isEmpty() ? first.text() : withoutMarks(first.afterAddress()));
    for (int i = line + 1; i < Math.min(lines.size(), line + MAX_LINES); i++) {
      NoticeLine next = lines.get(i);
      boolean end = starts.contains(i) || next.isHeading() || next.isBlank() && said.length() > 3;
      if (end) {
        break;
      }
      append(said, next.text());
    }
  }

  /** Without what parts it from the address in front of it. */
  private static String withoutMarks(String text) {
    int start = 0;
    while (start < text.length() && ":;,.- ".indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    return text.substring(start);
  }

  private static void append(StringBuilder said, String text) {
    int room = MAX_LENGTH - said.length() - 1;
    if (!text.isEmpty() && room > 0) {
      said.append(said.isEmpty() ? "" : " ").append(text, 0, Math.min(text.length(), room));
    }
  }
}
