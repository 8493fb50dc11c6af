package org.byoemail.format.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HtmlText;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;

/**
 * Reads delivery status notifications (RFC 3464). Never throws for what a mail contains. Safe for
 * use by many threads.
 *
 * <p>The fields are expected in the message/delivery-status part, or, if a report has lost its
 * parts, in its text.
 */
final class DeliveryReports implements ReferenceRule {
  private static final int MAX_STATUS_BYTES = 1 << 20;

  private static final Pattern MARKUP = Pattern.compile("(?i)<(html|br|p|td|pre|div)\\b");

  private final OriginalMails originals;

  DeliveryReports(OriginalMails originals) {
    this.originals = originals;
  }

  /** Empty for a mail that is no report, or whose report names no recipient. */
  @Override
  public Optional<Classification> read(ParsedMail mail) {
    // A report that a person forwards has the same parts.
    return mail.headers().mayBeReport()
        ? inStatusParts(mail).or(() -> inText(mail))
        : Optional.empty();
  }

  private Optional<Classification> inStatusParts(ParsedMail mail) {
    List<String> fields = new ArrayList<>();
    for (MimePart part : ReportParts.of(mail.root())) {
      if (ReportParts.STATUS.contains(part.type())) {
        fields.add(plain(part.text(MAX_STATUS_BYTES)));
      }
    }
    return fields.isEmpty()
        ? Optional.empty()
        : report(mail, new StatusFields(String.join("\n\n", fields)));
  }

  private static String plain(String fields) {
    int tag = fields.indexOf('<');
    return tag >= 0 && MARKUP.matcher(fields).find(tag) ? HtmlText.of(fields) : fields;
  }

  private Optional<Classification> inText(ParsedMail mail) {
    int field = mail.programText().indexOf("\nReporting-MTA:");
    field = field < 0 ? mail.programText().indexOf("\nFinal-Recipient:") : field;
    if (field < 0) {
      return Optional.empty();
    }
    int start = Math.max(0, mail.programText().lastIndexOf("\n\n", field));
    int end = Math.min(mail.programText().length(), start + MAX_STATUS_BYTES);
    return report(mail, new StatusFields(mail.programText().substring(start, end)));
  }

  private Optional<Classification> report(ParsedMail mail, StatusFields fields) {
    List<ReportedRecipient> recipients =
        fields.perRecipient().stream()
            .flatMap(recipient -> read(recipient, fields.perMessage(), mail).stream())
            .toList();
    if (recipients.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Classification(
            MailKind.of(recipients),
            ReportStrength.STRUCTURED,
            "rfc3464",
            recipients.size() == 1 ? List.of(named(recipients.get(0), mail.headers())) : recipients,
            fields.perMessage().decoded("Reporting-MTA").map(RecipientFields::withoutType),
            fields.perMessage().first("Original-Envelope-Id").map(RecipientFields::unescaped),
            originals.find(mail),
            Optional.empty()));
  }

  private Optional<ReportedRecipient> read(
      MailHeaders fields, MailHeaders perMessage, ParsedMail mail) {
    Optional<ReportedRecipient> recipient = RecipientFields.read(fields);
    return recipient.isEmpty() || recipient.get().address().isPresent()
        ? recipient
        : RecipientFields.localPart(fields)
            .flatMap(localPart -> inFull(localPart, perMessage, mail))
            .map(recipient.get()::sentTo)
            .or(() -> recipient);
  }

  /** The address of a local part: a recipient of the returned mail, else at the reporting MTA. */
  private Optional<EmailAddress> inFull(String localPart, MailHeaders perMessage, ParsedMail mail) {
    MailHeaders returned = originals.header(mail, "");
    return Stream.concat(returned.to().stream(), returned.cc().stream())
        .map(NamedAddress::address)
        .filter(address -> address.localPart().equals(localPart))
        .findFirst()
        .or(
            () ->
                perMessage
                    .decoded("Reporting-MTA")
                    .map(mta -> localPart + "@" + RecipientFields.withoutType(mta))
                    .flatMap(RecipientFields::address));
  }

  /** Exim names the recipient in the header if the report itself names only a file. */
  private static ReportedRecipient named(ReportedRecipient recipient, MailHeaders headers) {
    List<NamedAddress> failed = headers.addresses("X-Failed-Recipients");
    return recipient.address().isEmpty() && failed.size() == 1
        ? recipient.sentTo(failed.get(0).address())
        : recipient;
  }
}
