package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * Finds the address that a mail was sent to: the recipient of its envelope, as the server of the
 * mailbox noted it. A server writes its note above the topmost Received field, since each adds its
 * trace at the top (RFC 5321 section 4.4); what is below came with the mail, and anybody can have
 * written it. To and Cc count where the server noted nothing that distinguishes: no recipient, or
 * only the mailbox's own address, to which it has redirected the mail.
 */
final class EnvelopeRecipients {
  /** Those that name the original recipient precede Delivered-To, which may name the mailbox. */
  private static final List<String> FIELDS =
      List.of("x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "delivered-to");

  private static final String RETURN_PATH = "return-path";
  private static final int MAX_ADDRESSES = 100;

  private EnvelopeRecipients() {}

  /**
   * The address of the account that a mail was sent to; empty if neither the server nor the mail
   * names one.
   *
   * @param has whether the account has an address
   * @param own the account's own address
   */
  static Optional<EmailAddress> of(
      MailHeaders headers, Predicate<EmailAddress> has, EmailAddress own) {
    List<EmailAddress> noted = noted(headers);
    Optional<EmailAddress> other =
        noted.stream().filter(address -> !address.equals(own)).filter(has).findFirst();
    if (other.isPresent()) {
      return other;
    }
    List<EmailAddress> written =
        Stream.concat(headers.to().stream(), headers.cc().stream())
            .limit(MAX_ADDRESSES)
            .map(NamedAddress::address)
            .toList();
    return Stream.concat(
            written.stream().filter(own::equals),
            Stream.concat(written.stream().filter(has), noted.stream().filter(own::equals)))
        .findFirst();
  }

  /** Whether a server delivered the mail: a copy that was stored has no such trace. */
  static boolean isDelivered(MailHeaders headers) {
    return above(headers).stream()
        .map(field -> field.name().toLowerCase(Locale.ROOT))
        .anyMatch(name -> name.equals(RETURN_PATH) || FIELDS.contains(name));
  }

  private static List<EmailAddress> noted(MailHeaders headers) {
    List<HeaderField> above = above(headers);
    List<EmailAddress> noted = new ArrayList<>();
    for (String name : FIELDS) {
      above.stream()
          .filter(field -> field.name().equalsIgnoreCase(name))
          .flatMap(field -> NamedAddress.parseAll(field.value()).stream())
          .limit(MAX_ADDRESSES)
          .map(NamedAddress::address)
          .forEach(noted::add);
    }
    return noted;
  }

  /** The fields above the topmost Received; none where no server has left one. */
  private static List<HeaderField> above(MailHeaders headers) {
    List<HeaderField> fields = headers.fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equalsIgnoreCase("Received")) {
        return fields.subList(0, i);
      }
    }
    return List.of();
  }
}
