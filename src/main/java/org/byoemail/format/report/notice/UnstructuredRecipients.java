package org.byoemail.format.report.notice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;

/**
 * Finds the recipient of what is surely a notice of failure but names nobody in a known way: those
 * that rows start with, as in a table, else the only address that stands in text and subject.
 */
final class UnstructuredRecipients {
  /** Who is named to be asked for help. */
  private static final Set<String> HELPERS =
      Set.of(
          "abuse",
          "admin",
          "administrator",
          "contact",
          "feedback",
          "help",
          "helpdesk",
          "hostmaster",
          "info",
          "mailer-daemon",
          "noreply",
          "no-reply",
          "postmaster",
          "root",
          "service",
          "support",
          "webmaster");

  private static final List<String> OTHER_THINGS =
      List.of("message-id", "message id", "msgid", "contact", "assistance", "from:", "sender:");

  private final Notice notice;
  private final Set<EmailAddress> others;
  private final Map<EmailAddress, Integer> found = new LinkedHashMap<>();

  /**
   * @param others addresses that are nobody's who was written to: the author's, the server's
   */
  UnstructuredRecipients(Notice notice, Set<EmailAddress> others) {
    this.notice = notice;
    this.others = others;
  }

  /** The recipients, and the lines they were found in, -1 for the subject; empty where unclear. */
  Map<EmailAddress, Integer> find() {
    List<NoticeLine> lines = notice.lines();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWithAddress()) {
        add(lines.get(i).leadingAddress(), i);
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    for (int i = 0; i < lines.size(); i++) {
      if (OTHER_THINGS.stream().noneMatch(lines.get(i).lower()::contains)) {
        for (FoundAddress address : lines.get(i).addresses()) {
          add(address, i);
        }
      }
    }
    FoundAddress.in(notice.subject()).forEach(address -> add(address, -1));
    return found.size() == 1 ? found : Map.of();
  }

  private void add(FoundAddress each, int line) {
    EmailAddress address = each.address();
    if (!others.contains(address) && !HELPERS.contains(address.localPart())) {
      found.putIfAbsent(address, line);
    }
  }
}
