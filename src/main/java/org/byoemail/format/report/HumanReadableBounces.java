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
import org.byoemail.format.report.notice.Notice;
import org.byoemail.format.report.notice.NoticeReader;
import org.byoemail.format.report.notice.ParsedNotice;

/** Reads bounces that are written for people, without the fields of RFC 3464. */
final class HumanReadableBounces implements ReferenceRule {
  private static final int MAX_RECIPIENTS = 100;
  private static final Pattern WORD_ENDS = Pattern.compile("[\\s<>()\\[\\]\"',;:]+|\\.(?=\\s)");

  private final OriginalMails originals;

  HumanReadableBounces(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    Notice notice = Notice.of(mail);
    return NoticeReader.read(notice, () -> returnsToAuthor(mail, notice))
        .filter(parsed -> !parsed.recipients().isEmpty() || !wraps(mail))
        .flatMap(parsed -> classification(parsed, mail));
  }

  /** Whether it returns a mail, with its Received fields, to its author. */
  private boolean returnsToAuthor(ParsedMail mail, Notice notice) {
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

  /** Whether it contains another report, which is more specific. */
  private static boolean wraps(ParsedMail mail) {
    return ReportParts.reports(mail.root()).findFirst().isPresent();
  }

  private Optional<Classification> classification(ParsedNotice parsed, ParsedMail mail) {
    List<ReportedRecipient> recipients = recipients(parsed, mail);
    if (recipients.isEmpty() && !parsed.isOfKnownServer()) {
      return Optional.empty();
    }
    return Optional.of(
        new Classification(
            parsed.delayed() ? MailKind.DELAYED : MailKind.FAILED,
            ReportStrength.FREE_TEXT,
            parsed.rule(),
            recipients,
            Optional.empty(),
            Optional.empty(),
            originals.find(mail, parsed.returnedHeader()),
            Optional.empty()));
  }

  /**
   * The recipients that the notice names, else the recipients of the returned mail, else its local
   * users.
   */
  private List<ReportedRecipient> recipients(ParsedNotice parsed, ParsedMail mail) {
    ReportAction action = parsed.delayed() ? ReportAction.DELAYED : ReportAction.FAILED;
    if (!parsed.recipients().isEmpty()) {
      return parsed.recipients().stream()
          .map(
              each ->
                  DiagnosticInterpreter.interpret(action, Optional.empty(), each.diagnostic())
                      .named(each.original(), Optional.of(each.address())))
          .toList();
    }
    List<EmailAddress> unnamed =
        ofReturned(parsed, originals.header(mail, parsed.returnedHeader()));
    if (unnamed.isEmpty()) {
      unnamed = parsed.localUsers();
    }
    if (unnamed.isEmpty()) {
      return List.of();
    }
    ReportedRecipient any =
        DiagnosticInterpreter.interpret(action, Optional.empty(), parsed.text());
    return unnamed.stream()
        .map(address -> any.named(Optional.empty(), Optional.of(address)))
        .toList();
  }

  /**
   * The recipients of the returned mail that the notice names by local part; else its only one, or
   * its first if the server is known.
   */
  private static List<EmailAddress> ofReturned(ParsedNotice parsed, MailHeaders returned) {
    List<EmailAddress> all =
        Stream.concat(returned.to().stream(), returned.cc().stream())
            .map(NamedAddress::address)
            .distinct()
            .limit(MAX_RECIPIENTS)
            .toList();
    Set<String> words =
        new HashSet<>(List.of(WORD_ENDS.split(parsed.text().toLowerCase(Locale.ROOT))));
    List<EmailAddress> named =
        all.stream().filter(address -> words.contains(address.localPart())).toList();
    if (!named.isEmpty()) {
      return named;
    }
    return all.size() == 1 || parsed.isOfKnownServer() ? all.stream().limit(1).toList() : List.of();
  }
}
