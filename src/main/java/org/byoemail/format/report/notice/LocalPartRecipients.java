package org.byoemail.format.report.notice;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;

/** Finds recipients that a server lists by their local parts, as it does with its own users. */
final class LocalPartRecipients {
  private static final int MAX_NAMES = 20;

  /** Alone in its line, or with a reason in parentheses or far to the right. */
  private static final Pattern ROW =
      Pattern.compile("([a-z0-9][a-z0-9._+-]{0,63})(?: {2,}.*|\\t.*| ?\\(.*)?");

  private LocalPartRecipients() {}

  /** As addresses in the domain of the author of the notice. */
  static List<EmailAddress> find(Notice notice) {
    Optional<String> domain =
        notice
            .headers()
            .from()
            .map(NamedAddress::address)
            .map(EmailAddress::domain)
            .filter(name -> !name.isEmpty());
    Set<EmailAddress> found = new LinkedHashSet<>();
    boolean announced = false;
    for (NoticeLine line : notice.lines()) {
      if (RecipientLabels.announces(line.lower())) {
        announced = true;
      } else if (line.isHeading()) {
        announced = false;
      } else if (announced && line.indent() > 0 && found.size() < MAX_NAMES) {
        Matcher row = ROW.matcher(line.lower());
        if (row.matches() && domain.isPresent()) {
          add(row.group(1) + "@" + domain.get(), found);
        }
      }
    }
    return List.copyOf(found);
  }

  private static void add(String address, Set<EmailAddress> found) {
    try {
      found.add(EmailAddress.parse(address));
    } catch (IllegalArgumentException e) {
      // Not a local part.
    }
  }
}
