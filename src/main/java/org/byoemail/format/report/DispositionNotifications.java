package org.byoemail.format.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.notice.Refusal;

/**
 * Reads message disposition notifications (RFC 8098, RFC 6533 section 6): a mail was displayed,
 * deleted, or refused by the filter of a mailbox (RFC 5429 section 2.1.1). A recipient has failed
 * only if it was refused.
 */
final class DispositionNotifications implements ReferenceRule {
  private static final Set<String> TYPES =
      Set.of("message/disposition-notification", "message/global-disposition-notification");

  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int MAX_DIAGNOSTIC = 2_000;

  private final OriginalMails originals;

  DispositionNotifications(OriginalMails originals) {
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
            refused(mail, read).map(List::of).orElse(List.of()),
            read.decoded("Reporting-UA"),
            read.first("Original-Envelope-Id").map(RecipientFields::unescaped),
            original,
            Optional.empty()));
  }

  /**
   * The recipient whose filter refused the mail: it was deleted without anybody's doing, and the
   * text says why. A mail that nobody read is deleted in the same way.
   */
  private static Optional<ReportedRecipient> refused(ParsedMail mail, MailHeaders read) {
    String disposition = read.first("Disposition").orElse("").toLowerCase(Locale.ROOT);
    boolean automatic =
        disposition.contains("mdn-sent-automatically") && !disposition.contains("displayed");
    String text = mail.programText();
    if (!automatic || !Refusal.tellsRefusal(text)) {
      return Optional.empty();
    }
    return Optional.of(
        DiagnosticInterpreter.interpret(ReportAction.FAILED, Optional.empty(), diagnostic(text))
            .named(
                read.first("Original-Recipient").flatMap(RecipientFields::address),
                read.first("Final-Recipient").flatMap(RecipientFields::address)));
  }

  private static String diagnostic(String text) {
    String line = BLANKS.matcher(text).replaceAll(" ").strip();
    return line.substring(0, Math.min(line.length(), MAX_DIAGNOSTIC));
  }

  /** A receipt that a person forwards is one part of several. */
  private static boolean isForwarded(ParsedMail mail) {
    return !mail.root().is("multipart/report") && !mail.headers().mayBeReport();
  }
}
