package org.byoemail.bounce;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.bounce.family.Families;
import org.byoemail.bounce.notice.Notice;
import org.byoemail.bounce.notice.NoticeReader;
import org.byoemail.bounce.notice.Reading;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.NamedAddress;
import org.byoemail.mime.MailHeaders;
import org.byoemail.mime.ParsedMail;

/** Reads reports that are written for people alone. */
final class Notices implements Rule {
  private static final int MAX_WRITTEN_TO = 100;
  private static final Pattern WORD_ENDS = Pattern.compile("[\\s<>()\\[\\]\"',;:]+|\\.(?=\\s)");

  private final OriginalMails originals;

  Notices(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    Notice notice = Notice.of(mail);
    return NoticeReader.read(notice, returnsOwn(mail, notice))
        .filter(reading -> !reading.recipients().isEmpty() || !wraps(mail))
        .flatMap(reading -> classification(reading, mail));
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
    return Parts.mails(mail.root()).anyMatch(inner -> inner.headers().mayBeReport());
  }

  private Optional<Classification> classification(Reading reading, ParsedMail mail) {
    OriginalMail original = originals.find(mail, reading.returnedHeader());
    ReportAction action = reading.delayed() ? ReportAction.DELAYED : ReportAction.FAILED;
    List<ReportedRecipient> recipients =
        reading.recipients().stream()
            .map(each -> Saying.recipient(each.writtenTo(), each.address(), action, each.said()))
            .toList();
    if (recipients.isEmpty()) {
      recipients =
          writtenTo(reading, originals.header(mail, reading.returnedHeader())).stream()
              .map(address -> Saying.recipient(Optional.empty(), address, action, reading.said()))
              .toList();
    }
    if (recipients.isEmpty()) {
      recipients =
          reading.local().stream()
              .map(address -> Saying.recipient(Optional.empty(), address, action, reading.said()))
              .toList();
    }
    if (recipients.isEmpty() && reading.family().equals(Families.UNKNOWN.name())) {
      return Optional.empty();
    }
    Classification notice =
        new Classification(
            reading.delayed() ? MailKind.DELAYED : MailKind.FAILED,
            Strength.FREE_TEXT,
            reading.family(),
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
  private static List<EmailAddress> writtenTo(Reading reading, MailHeaders returned) {
    List<EmailAddress> all =
        Stream.concat(returned.to().stream(), returned.cc().stream())
            .map(NamedAddress::address)
            .distinct()
            .limit(MAX_WRITTEN_TO)
            .toList();
    Set<String> words =
        new HashSet<>(List.of(WORD_ENDS.split(reading.said().toLowerCase(Locale.ROOT))));
    List<EmailAddress> named =
        all.stream().filter(address -> words.contains(address.localPart())).toList();
    if (!named.isEmpty()) {
      return named;
    }
    boolean known = !reading.family().equals(Families.UNKNOWN.name());
    return all.size() == 1 || known ? all.stream().limit(1).toList() : List.of();
  }
}
