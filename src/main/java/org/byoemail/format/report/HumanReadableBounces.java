package org.byoemail.format.report;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.notice.MtaSignature;
import org.byoemail.format.report.notice.Notice;
import org.byoemail.format.report.notice.NoticeReader;
import org.byoemail.format.report.notice.ParsedNotice;

/** Reads reports that are written for people alone. */
final class HumanReadableBounces implements ReferenceRule {
  private static final int MAX_WRITTEN_TO = 100;
  private static final Pattern WORD_ENDS = Pattern.compile("[\\s<>()\\[\\]\"',;:]+|\\.(?=\\s)");

  private final OriginalMails originals;

  HumanReadableBounces(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    Notice notice = Notice.of(mail);
    return NoticeReader.read(notice, returnsOwn(mail, notice))
        .filter(parsed -> !parsed.recipients().isEmpty() || !wraps(mail))
        .flatMap(parsed -> classification(parsed, mail));
  }

  /** Whether it returns a mail to its author, with the traces of its way. */
  private boolean returnsOwn(ParsedMail mail, Notice notice) {
    if (!mail.headers().mayBeReport()) {
      return false;
    }
    MailHeaders returned = originals.header(mail, notice.returnedHeader());
    return returned.first("Received").isPresent()
        && returned.from().filter(author -> isTo(mail, author)).isPresent();
  }

  private static boolean isTo(ParsedMail mail, NamedAddress author) {
    return mail.headers().to().stream().anyMatch(to -> to.address().equals(author.address()));
  }

  /** Whether another report is inside, which says more. */
  private static boolean wraps(ParsedMail mail) {
    return ReportParts.mails(mail.root()).anyMatch(inner -> inner.headers().mayBeReport());
  }

  private Optional<Classification> classification(ParsedNotice parsed, ParsedMail mail) {
    OriginalMail original = originals.find(mail, parsed.returnedHeader());
    ReportAction action = parsed.delayed() ? ReportAction.DELAYED : ReportAction.FAILED;
    List<ReportedRecipient> recipients =
        parsed.recipients().stream()
            .map(
                each ->
                    DiagnosticInterpreter.recipient(
                        each.writtenTo(), each.address(), action, each.said()))
            .toList();
    if (recipients.isEmpty()) {
      recipients =
          writtenTo(parsed, originals.header(mail, parsed.returnedHeader())).stream()
              .map(
                  address ->
                      DiagnosticInterpreter.recipient(
                          Optional.empty(), address, action, parsed.said()))
              .toList();
    }
    if (recipients.isEmpty()) {
      recipients =
          parsed.local().stream()
              .map(
                  address ->
                      DiagnosticInterpreter.recipient(
                          Optional.empty(), address, action, parsed.said()))
              .toList();
    }
    if (recipients.isEmpty() && parsed.family().equals(MtaSignature.UNKNOWN.name())) {
      return Optional.empty();
    }
    Classification notice =
        new Classification(
            parsed.delayed() ? MailKind.DELAYED : MailKind.FAILED,
            ReportStrength.FREE_TEXT,
            parsed.family(),
            recipients,
            Optional.empty(),
            Optional.empty(),
            original,
            Optional.empty());
    return Optional.of(notice);
  }

  /**
   * Those of a returned mail whom the notice names without their domains; else its only recipient,
   * or its first where the server is known.
   */
  private static List<EmailAddress> writtenTo(ParsedNotice parsed, MailHeaders returned) {
    List<EmailAddress> all =
        Stream.concat(returned.to().stream(), returned.cc().stream())
            .map(NamedAddress::address)
            .distinct()
            .limit(MAX_WRITTEN_TO)
            .toList();
    Set<String> words =
        new HashSet<>(List.of(WORD_ENDS.split(parsed.said().toLowerCase(Locale.ROOT))));
    List<EmailAddress> named =
        all.stream().filter(address -> words.contains(address.localPart())).toList();
    if (!named.isEmpty()) {
      return named;
    }
    boolean known = !parsed.family().equals(MtaSignature.UNKNOWN.name());
    return all.size() == 1 || known ? all.stream().limit(1).toList() : List.of();
  }
}
