package org.byoemail.format.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;

/**
 * Reads message disposition notifications (RFC 8098, RFC 6533 section 6): a mail was displayed,
 * deleted, or refused by the filter of a mailbox (RFC 5429 section 2.1). It was delivered all the
 * same, so no recipient has failed.
 */
final class Receipts implements ReferenceRule {
  private static final Set<String> TYPES =
      Set.of("message/disposition-notification", "message/global-disposition-notification");

  private final OriginalMails originals;

  Receipts(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    boolean declared =
        mail.root().is("multipart/report")
            && mail.root()
                .parameter("report-type")
                .toLowerCase(Locale.ROOT)
                .startsWith("disposition-notification");
    Optional<MimePart> fields = ReportParts.first(mail.root(), TYPES);
    if (!declared && !(fields.isPresent() && !isForwarded(mail))) {
      return Optional.empty();
    }
    MailHeaders read = fields.map(ReportParts::fields).orElseGet(() -> new MailHeaders(List.of()));
    OriginalMail found = originals.find(mail);
    OriginalMail original =
        new OriginalMail(
            found.attempt(),
            read.first("Original-Message-ID").flatMap(MessageId::parse).or(found::messageId),
            found.from(),
            found.to(),
            found.subject());
    return Optional.of(
        new Classification(
            MailKind.MDN,
            ReportStrength.STRUCTURED,
            "disposition-notification",
            List.of(),
            read.decoded("Reporting-UA"),
            read.first("Original-Envelope-Id").map(RecipientFields::unescaped),
            original,
            Optional.empty()));
  }

  /** A receipt that a person forwards is one part of several. */
  private static boolean isForwarded(ParsedMail mail) {
    return !mail.root().is("multipart/report") && !mail.headers().mayBeReport();
  }
}
