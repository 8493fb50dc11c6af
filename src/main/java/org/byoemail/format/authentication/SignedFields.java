package org.byoemail.format.authentication;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * Which of the fields that an agent reads a signature does not cover. A signature covers as many
 * instances of a field as {@code h=} names, counted from the bottom (RFC 6376 section 5.4.2): one
 * more, added on top, is read and not signed.
 */
final class SignedFields {
  /** Fields of which a mail has one (RFC 5322 section 3.6, RFC 2045). */
  private static final List<String> READ =
      List.of(
          "from",
          "subject",
          "date",
          "reply-to",
          "sender",
          "to",
          "cc",
          "message-id",
          "in-reply-to",
          "references",
          "mime-version",
          "content-type",
          "content-transfer-encoding");

  private final Map<String, Integer> counts = new HashMap<>();
  private final boolean answersElsewhere;
  private final boolean typeFits;

  /**
   * @param typeFits whether the body is of the type that Content-Type names
   */
  SignedFields(MailHeaders headers, RawHeader raw, boolean typeFits) {
    this.typeFits = typeFits;
    Map<String, Integer> bytes = new HashMap<>();
    for (HeaderField field : headers.fields()) {
      counts.merge(field.name().toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
    raw.fields().forEach(field -> bytes.merge(field.name(), 1, Integer::sum));
    bytes.forEach((name, count) -> counts.merge(name, count, Math::max));
    EmailAddress author = headers.from().map(NamedAddress::address).orElse(null);
    answersElsewhere = headers.replyTo().stream().anyMatch(one -> !one.address().equals(author));
  }

  /**
   * The fields that make the mail another one: they were added, or anybody could have written them.
   */
  List<String> dangerous(List<String> signed) {
    List<String> found = new ArrayList<>();
    for (String name : READ) {
      int inMail = counts.getOrDefault(name, 0);
      int covered = Collections.frequency(signed, name);
      boolean essential =
          name.equals("from")
              || name.equals("subject")
              || name.equals("reply-to") && answersElsewhere
              // Gmail signs MIME-Version alone: the type is believed if the body is of it. Where
              // neither is signed, a text may have become HTML.
              || name.equals("content-type") && !(signed.contains("mime-version") && typeFits);
      // A type that was taken away shows the source of the body.
      boolean takenAway = name.equals("content-type") && inMail + covered == 0 && !typeFits;
      if (inMail > covered && (inMail > 1 || essential) || takenAway) {
        found.add(name);
      }
    }
    return found;
  }
}
