package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.screen.Finding;
import org.byoemail.format.screen.Finding.Kind;
import org.byoemail.format.screen.Finding.Severity;

/** What is noteworthy of the sender of a mail, though usual in honest mail: findings as facts. */
final class SenderFacts {
  private SenderFacts() {}

  static List<Finding> of(IngestItem item) {
    MailHeaders headers = item.mail().headers();
    EmailAddress sender = headers.from().map(NamedAddress::address).orElse(null);
    List<Finding> facts = new ArrayList<>();
    if (sender == null) {
      return facts;
    }
    if (item.isFirstContact()) {
      facts.add(new Finding(Kind.FIRST_CONTACT, Severity.INFO, ""));
      if (item.resembles() != null) {
        facts.add(new Finding(Kind.LOOKALIKE_SENDER, Severity.INFO, item.resembles()));
      }
    }
    headers.replyTo().stream()
        .map(NamedAddress::address)
        .filter(address -> !address.equals(sender))
        .findFirst()
        .ifPresent(
            address ->
                facts.add(new Finding(Kind.REPLY_TO_ELSEWHERE, Severity.INFO, address.toString())));
    return facts;
  }
}
