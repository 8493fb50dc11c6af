package org.byoemail.format.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;

/**
 * Reads complaints: feedback reports (RFC 5965, RFC 6591), and unsubscriptions that a mail program
 * sends for its user.
 */
final class FeedbackReports implements ReferenceRule {
  private static final Set<String> FIELDS = Set.of("message/feedback-report");

  private static final String JUNK_REPORT = "complaint about message from";

  private static final String JUNK_RECIPIENT = "X-HmXmrOriginalRecipient";

  private final OriginalMails originals;

  FeedbackReports(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    Optional<MimePart> fields = ReportParts.first(mail.root(), FIELDS);
    boolean declared =
        mail.root().is("multipart/report")
            && mail.root().parameter("report-type").equalsIgnoreCase("feedback-report");
    if (fields.isPresent() && (declared || mail.root().is("multipart/*"))) {
      return Optional.of(report(mail, ReportParts.fields(fields.get())));
    }
    if (declared) {
      return Optional.of(report(mail, new MailHeaders(List.of())));
    }
    if (isUnsubscription(mail)) {
      return Optional.of(unsubscription(mail));
    }
    return junkReport(mail);
  }

  /**
   * Microsoft's Junk Mail Reporting Program sends the mail with its recipient, mostly without the
   * fields of a report.
   */
  private Optional<Classification> junkReport(ParsedMail mail) {
    boolean named =
        mail.headers().subject().strip().toLowerCase(Locale.ROOT).startsWith(JUNK_REPORT);
    return named
        ? originals
            .returned(mail.root())
            // Otherwise a person forwards a mail and complains about it.
            .filter(header -> header.first(JUNK_RECIPIENT).isPresent() || isMicrosoft(mail))
            .map(header -> report(mail, new MailHeaders(List.of())))
        : Optional.empty();
  }

  private static boolean isMicrosoft(ParsedMail mail) {
    return mail.headers()
        .from()
        .map(NamedAddress::address)
        .filter(from -> from.localPart().equals("staff") && from.domain().startsWith("hotmail."))
        .isPresent();
  }

  private Classification report(ParsedMail mail, MailHeaders fields) {
    String type =
        fields
            .first("Feedback-Type")
            .map(FeedbackReports::word)
            .filter(word -> !word.isEmpty())
            .orElse("abuse");
    List<EmailAddress> stated =
        addresses(fields, "Original-Rcpt-To", "Original-Recipient", "Removal-Recipient");
    List<EmailAddress> recipients =
        stated.isEmpty()
            ? originals.returned(mail.root()).map(FeedbackReports::recipients).orElse(List.of())
            : stated;
    return new Classification(
        MailKind.ARF,
        ReportStrength.STRUCTURED,
        "feedback-report",
        List.of(),
        fields.decoded("Reporting-MTA").map(RecipientFields::withoutType),
        fields.first("Original-Envelope-Id").map(RecipientFields::unescaped),
        originals.find(mail),
        Optional.of(new Complaint(type, recipients)));
  }

  private static List<EmailAddress> addresses(MailHeaders fields, String... names) {
    return Stream.of(names)
        .flatMap(name -> fields.all(name).stream())
        .flatMap(field -> RecipientFields.address(field).stream())
        .distinct()
        .toList();
  }

  /** The recipient of the returned mail, if there is only one. */
  private static List<EmailAddress> recipients(MailHeaders returned) {
    List<EmailAddress> stated = addresses(returned, JUNK_RECIPIENT);
    List<EmailAddress> writtenTo =
        Stream.concat(returned.to().stream(), returned.cc().stream())
            .map(NamedAddress::address)
            .distinct()
            .toList();
    return !stated.isEmpty() ? stated : writtenTo.size() == 1 ? writtenTo : List.of();
  }

  private static String word(String field) {
    return field.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-].*", "");
  }

  /** Apple Mail sends a mail for List-Unsubscribe (RFC 2369). */
  private static boolean isUnsubscription(ParsedMail mail) {
    if (mail.headers().first("X-Apple-Unsubscribe").filter("true"::equalsIgnoreCase).isPresent()) {
      return true;
    }
    if (!mail.headers().subject().strip().equalsIgnoreCase("unsubscribe")) {
      return false;
    }
    String text = mail.programText();
    return text.substring(0, Math.min(text.length(), 500))
        .contains("sent this email to unsubscribe from the message");
  }

  private Classification unsubscription(ParsedMail mail) {
    return new Classification(
        MailKind.ARF,
        ReportStrength.FREE_TEXT,
        "unsubscription",
        List.of(),
        Optional.empty(),
        Optional.empty(),
        originals.find(mail),
        Optional.of(
            new Complaint(
                "opt-out", mail.headers().from().map(NamedAddress::address).stream().toList())));
  }
}
