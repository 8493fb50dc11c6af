package org.byoemail.inbound.ingest;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
      lookalike(sender, item.policy().contacts())
          .ifPresent(
              contact ->
                  facts.add(
                      new Finding(
                          Kind.LOOKALIKE_SENDER,
                          Severity.INFO,
                          sender + " is one letter off " + contact)));
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

  /**
   * The contact that an address resembles.
   *
   * @param contacts addresses, and domains with @ before them
   */
  static Optional<String> lookalike(EmailAddress sender, List<String> contacts) {
    String domain = unicode(sender.domain());
    String address = sender.localPart() + "@" + domain;
    return contacts.stream()
        .filter(
            contact -> {
              int at = contact.lastIndexOf('@');
              String of = unicode(contact.substring(at + 1));
              return at == 0
                  ? OneLetterOff.is(domain, of)
                  : OneLetterOff.is(address, contact.substring(0, at) + "@" + of)
                      || OneLetterOff.is(domain, of);
            })
        .findFirst();
  }

  private static String unicode(String domain) {
    return domain.contains("xn--") ? IDN.toUnicode(domain, IDN.ALLOW_UNASSIGNED) : domain;
  }
}
