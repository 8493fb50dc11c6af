package org.byoemail.bounce;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.byoemail.mail.NamedAddress;
import org.byoemail.mime.MailHeaders;
import org.byoemail.mime.ParsedMail;

/**
 * Tells delivery reports from other mail, and reads them. Never throws for what a mail contains.
 * Safe for use by many threads.
 *
 * <p>The fields of RFC 3464 are looked for in the part made for them, and where a report has lost
 * its parts, in its text.
 */
final class DeliveryReports implements Rule {
  private static final int MAX_RECIPIENTS = 1_000;
  private static final int MAX_STATUS_BYTES = 1 << 20;

  private final OriginalMails originals;

  DeliveryReports(OriginalMails originals) {
    this.originals = originals;
  }

  /** The report; empty for a mail that is none, or that says nothing of any recipient. */
  @Override
  public Optional<Classification> read(ParsedMail mail) {
    // A person who forwards a report sends its parts along, and reports nothing.
    return mail.headers().mayBeReport()
        ? inStatusParts(mail).or(() -> inText(mail))
        : Optional.empty();
  }

  private Optional<Classification> inStatusParts(ParsedMail mail) {
    String fields =
        Parts.of(mail.root())
            .filter(part -> Parts.STATUS.contains(part.type()))
            .map(part -> part.text(MAX_STATUS_BYTES))
            .collect(Collectors.joining("\n\n"));
    return report(mail, new StatusFields(fields));
  }

  private Optional<Classification> inText(ParsedMail mail) {
    int known = mail.text().indexOf("\nReporting-MTA:");
    if (known < 0) {
      return Optional.empty();
    }
    int fields = Math.max(0, mail.text().lastIndexOf("\n\n", known));
    int end = Math.min(mail.text().length(), fields + MAX_STATUS_BYTES);
    return report(mail, new StatusFields(mail.text().substring(fields, end)));
  }

  private Optional<Classification> report(ParsedMail mail, StatusFields fields) {
    List<ReportedRecipient> recipients =
        fields.ofRecipients().stream()
            .limit(MAX_RECIPIENTS)
            .flatMap(group -> RecipientFields.read(group).stream())
            .toList();
    if (recipients.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Classification(
            MailKind.of(recipients),
            Strength.STRUCTURED,
            "rfc3464",
            recipients.size() == 1 ? List.of(named(recipients.get(0), mail.headers())) : recipients,
            fields.ofMail().decoded("Reporting-MTA").map(RecipientFields::withoutType),
            fields.ofMail().first("Original-Envelope-Id").map(RecipientFields::unescaped),
            originals.find(mail),
            Optional.empty()));
  }

  /** Exim names the recipient in the header where the report itself names but a file. */
  private static ReportedRecipient named(ReportedRecipient recipient, MailHeaders headers) {
    List<NamedAddress> failed = headers.addresses("X-Failed-Recipients");
    return recipient.address().isEmpty() && failed.size() == 1
        ? recipient.sentTo(failed.get(0).address())
        : recipient;
  }
}
