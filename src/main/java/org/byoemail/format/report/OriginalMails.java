package org.byoemail.format.report;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;

/** Finds the mail that a report is about: in the returned message, else in the text. */
final class OriginalMails {
  private static final Set<String> MAILS = Set.of("message/rfc822", "message/global");
  private static final Set<String> HEADERS =
      Set.of(
          "text/rfc822-headers",
          "text/rfc822-header",
          "message/rfc822-headers",
          "message/global-headers");
  private static final Pattern MESSAGE_ID =
      Pattern.compile("(?im)^[> \\t]*Message-ID:\\s*(<[^<>\\s]+>)");

  private static final int MAX_TEXT_BYTES = 1 << 20;

  private final MailParser parser = new MailParser();
  private final String attemptHeader;
  private final Pattern attemptInText;

  OriginalMails(String attemptHeader) {
    this.attemptHeader = attemptHeader;
    this.attemptInText =
        Pattern.compile(
            "(?im)^[> \\t]*" + Pattern.quote(attemptHeader) + ":\\s*([0-9a-f-]{36})(?![0-9a-f-])");
  }

  OriginalMail find(ParsedMail report) {
    return find(report, "");
  }

  /**
   * @param inText the header of a mail that is returned within the text; may be empty
   */
  OriginalMail find(ParsedMail report, String inText) {
    MailHeaders header = header(report, inText);
    return new OriginalMail(
        header
            .first(attemptHeader)
            .flatMap(AttemptId::find)
            .or(() -> inText(attemptHeader, attemptInText, report).flatMap(AttemptId::find)),
        header
            .messageId()
            .or(() -> inText("Message-ID", MESSAGE_ID, report).flatMap(MessageId::parse))
            .or(() -> report.headers().inReplyTo()),
        header.from().map(NamedAddress::address),
        header.to().stream().map(NamedAddress::address).findFirst(),
        header.subject());
  }

  /** The header of the returned mail; without fields if none is returned. */
  MailHeaders header(ParsedMail report, String inText) {
    return returned(report.root())
        .orElseGet(() -> parser.parseHeader(inText.getBytes(StandardCharsets.UTF_8)));
  }

  /** The mail that this one replies to. */
  OriginalMail answered(ParsedMail answer) {
    MailHeaders headers = answer.headers();
    Optional<MessageId> last = headers.references().stream().reduce((earlier, later) -> later);
    return new OriginalMail(
        Optional.empty(),
        headers.inReplyTo().or(() -> last),
        Optional.empty(),
        headers.from().map(NamedAddress::address),
        "");
  }

  /** The header of the mail that is returned as a part of a report. */
  Optional<MailHeaders> returned(MimePart root) {
    for (MimePart part : ReportParts.of(root)) {
      Optional<MailHeaders> header = part == root ? Optional.empty() : header(part);
      if (header.isPresent() && !header.get().fields().isEmpty()) {
        return header;
      }
    }
    return Optional.empty();
  }

  private Optional<MailHeaders> header(MimePart part) {
    if (MAILS.contains(part.type())) {
      return part.children().stream().findFirst().map(MimePart::headers);
    }
    if (HEADERS.contains(part.type()) || isMailFile(part)) {
      return Optional.of(parser.parseHeader(part.bytes()));
    }
    // Some servers put the returned mail right below a boundary: its header is the part's.
    return part.headers().first("Received").isPresent() && part.headers().from().isPresent()
        ? Optional.of(part.headers())
        : Optional.empty();
  }

  private static boolean isMailFile(MimePart part) {
    return part.fileName()
        .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".eml"))
        .isPresent();
  }

  /** What a field of that name in the text, or in a part that is shown as text, says. */
  private static Optional<String> inText(String name, Pattern pattern, ParsedMail report) {
    Optional<String> found = inText(name, pattern, report.programText());
    if (found.isPresent()) {
      return found;
    }
    for (MimePart part : ReportParts.of(report.root())) {
      if (part.is("text/plain") || ReportParts.STATUS.contains(part.type())) {
        found = inText(name, pattern, part.text(MAX_TEXT_BYTES));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The name is looked for first: to try the pattern at each line takes long. */
  private static Optional<String> inText(String name, Pattern pattern, String text) {
    int length = name.length();
    int colon = text.indexOf(':', length);
    while (colon >= 0 && !text.regionMatches(true, colon - length, name, 0, length)) {
      colon = text.indexOf(':', colon + 1);
    }
    if (colon < 0) {
      return Optional.empty();
    }
    Matcher field = pattern.matcher(text);
    return field.find() ? Optional.of(field.group(1)) : Optional.empty();
  }
}
