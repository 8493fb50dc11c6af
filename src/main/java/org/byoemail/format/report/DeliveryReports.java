package org.byoemail.format.report;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HtmlText;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;

/**
 * Tells delivery reports from other mail, and reads them. Never throws for what a mail contains.
 * Safe for use by many threads.
 *
 * <p>The fields of RFC 3464 are looked for in the part made for them, and where a report has lost
 * its parts, in its text.
 */
final class DeliveryReports implements ReferenceRule {
  private static final int MAX_STATUS_BYTES = 1 << 20;

  private static final Pattern MARKUP = Pattern.compile("(?i)<(html|br|p|td|pre|div)\\b");

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
        ReportParts.of(mail.root())
            .filter(part -> ReportParts.STATUS.contains(part.type()))
            .map(part -> plain(part.text(MAX_STATUS_BYTES)))
            .collect(Collectors.joining("\n\n"));
    return report(mail, new StatusFields(fields));
  }

  private static String plain(String fields) {
    return MARKUP.matcher(fields).find() ? HtmlText.of(fields) : fields;
  }

  private Optional<Classification> inText(ParsedMail mail) {
    int known = mail.text().indexOf("\nReporting-MTA:");
    known = known < 0 ? mail.text().indexOf("\nFinal-Recipient:") : known;
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
            .flatMap(group -> read(group, fields.ofMail(), mail).stream())
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
            fields.ofMail().decoded("Reporting-MTA").map(RecipientFields::withoutType),
            fields.ofMail().first("Original-Envelope-Id").map(RecipientFields::unescaped),
            originals.find(mail),
            Optional.empty()));
  }

  private Optional<ReportedRecipient> read(MailHeaders group, MailHeaders ofMail, ParsedMail mail) {
    Optional<ReportedRecipient> recipient = RecipientFields.read(group);
    return recipient.isEmpty() || recipient.get().address().isPresent()
        ? recipient
        : RecipientFields.localName(group)
            .flatMap(name -> inFull(name, ofMail, mail))
            .map(recipient.get()::sentTo)
            .or(() -> recipient);
  }

  /** A mailbox that is named without its domain: as it was written to, else at the server. */
  private Optional<EmailAddress> inFull(String name, MailHeaders ofMail, ParsedMail mail) {
    MailHeaders returned = originals.header(mail, "");
    return Stream.concat(returned.to().stream(), returned.cc().stream())
        .map(NamedAddress::address)
        .filter(address -> address.localPart().equals(name))
        .findFirst()
        .or(
            () ->
                ofMail
                    .decoded("Reporting-MTA")
                    .map(server -> name + "@" + RecipientFields.withoutType(server))
                    .flatMap(RecipientFields::address));
  }

  /** Exim names the recipient in the header where the report itself names but a file. */
  private static ReportedRecipient named(ReportedRecipient recipient, MailHeaders headers) {
    List<NamedAddress> failed = headers.addresses("X-Failed-Recipients");
    return recipient.address().isEmpty() && failed.size() == 1
        ? recipient.sentTo(failed.get(0).address())
        : recipient;
  }
}
