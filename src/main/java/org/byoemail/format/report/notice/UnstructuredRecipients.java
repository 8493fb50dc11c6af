package org.byoemail.format.report.notice;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;

/**
 * Finds recipients in a notice that is certainly about a failure, but does not name them in a known
 * way: the addresses that lines start with, as in a table, else the only address in text and
 * subject.
 */
final class UnstructuredRecipients {
  /** Contacts for help. */
  private static final Set<String> CONTACTS =
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

  private static final Phrases OTHER_ADDRESSES =
      new Phrases(
          List.of(
              "message-id", "message id", "msgid", "contact", "assistance", "from:", "sender:"));

  private final Notice notice;
  private final Set<EmailAddress> excluded;
  private final Map<EmailAddress, Integer> found = new LinkedHashMap<>();

  /**
   * @param excluded addresses that are no recipients: the author's and the server's
   */
  UnstructuredRecipients(Notice notice, Set<EmailAddress> excluded) {
    this.notice = notice;
    this.excluded = excluded;
  }

  /** The recipients, with the index of their line, -1 for the subject; empty if ambiguous. */
  Map<EmailAddress, Integer> find() {
    List<NoticeLine> lines = notice.lines();
    BitSet arrived = ArrivalLines.in(lines);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWithAddress() && !arrived.get(i)) {
        add(lines.get(i).leadingAddress(), i);
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    for (int i = 0; i < lines.size(); i++) {
      if (!arrived.get(i) && !OTHER_ADDRESSES.occurIn(lines.get(i).lower())) {
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
    if (!excluded.contains(address) && !CONTACTS.contains(address.localPart())) {
      found.putIfAbsent(address, line);
    }
  }
}
