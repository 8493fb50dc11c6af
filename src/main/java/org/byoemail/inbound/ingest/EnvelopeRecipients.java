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
 * Finds the address that a mail was sent to: the envelope recipient, as recorded by the mailbox's
 * server. Servers add trace fields at the top (RFC 5321 section 4.4), so only fields above the
 * topmost Received are trusted: anybody can have written those below. To and Cc count if the server
 * recorded no recipient, or only the mailbox's own address, to which it redirected the mail.
 */
final class EnvelopeRecipients {
  /** Fields with the original recipient come before Delivered-To, which may name the mailbox. */
  private static final List<String> FIELDS =
      List.of("x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "delivered-to");

  private static final String RETURN_PATH = "return-path";
  private static final int MAX_ADDRESSES = 100;

  private EnvelopeRecipients() {}

  /**
   * The account's address that a mail was sent to; empty if neither the server nor the mail names
   * one.
   *
   * @param has whether an address belongs to the account
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

  /** Whether a server delivered the mail: a stored copy has no trace fields. */
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

  /** The fields above the topmost Received; none if there is no Received. */
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
