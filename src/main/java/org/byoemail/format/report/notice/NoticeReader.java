package org.byoemail.format.report.notice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * Reads notices of servers that tell people, and not machines, what became of a mail. Safe for use
 * by many threads.
 */
public final class NoticeReader {
  private static final int MAX_RECIPIENTS = 1_000;

  private NoticeReader() {}

  /**
   * What a notice says; empty for a mail that is none.
   *
   * @param returnsOwn whether it returns a mail to its author, with the traces of its way, which
   *     nobody does but a mail system
   */
  public static Optional<ParsedNotice> read(Notice notice, boolean returnsOwn) {
    MailHeaders headers = notice.headers();
    boolean system = MailSystemSender.speaks(headers);
    boolean subject = Wording.isSubjectOfReport(notice.subject(), system);
    boolean candidate = system || subject || headers.mayBeReport();
    if (!candidate || isPersons(notice, system)) {
      return Optional.empty();
    }
    for (MtaSignature signature : MtaSignatures.ALL) {
      if (notice.isOf(signature)) {
        Notice own = notice.withoutReturnedMail(signature);
        boolean answer = answers(notice);
        return (system || !answer) && ((system || subject) && !answer || tells(own))
            ? Optional.of(reading(notice, own, signature, NoticeAuthor.MACHINE))
            : Optional.empty();
      }
    }
    Notice own = notice.withoutReturnedMail(MtaSignature.UNKNOWN);
    NoticeAuthor speaker = MailSystemSender.speaker(headers);
    boolean spoken =
        system && subject || (speaker == NoticeAuthor.MACHINE || subject) && tells(own);
    // With the subject of a report, only a machine writes in nobody's name.
    boolean machine = headers.hasNullSender() || system && returnsOwn;
    NoticeAuthor author = subject && machine ? NoticeAuthor.MACHINE : speaker;
    return spoken && !answers(notice)
        ? Optional.of(reading(notice, own, MtaSignature.UNKNOWN, author))
            .filter(parsed -> !parsed.recipients().isEmpty() || isSure(own, author))
        : Optional.empty();
  }

  /** Whether a machine tells of a failure and of nothing else, whomever it names. */
  private static boolean isSure(Notice own, NoticeAuthor author) {
    return author == NoticeAuthor.MACHINE
        && Wording.isSubjectOfReport(own.subject(), MailSystemSender.speaks(own.headers()))
        && Wording.surelyTellsFailure(own.words());
  }

  private static boolean tells(Notice own) {
    return Wording.tellsFailure(own.words())
        || Wording.tellsDelay(own.words())
        || own.headers().first("X-Failed-Recipients").isPresent();
  }

  /** Whether somebody passes on a report or talks about it; lists leave their fields in some. */
  private static boolean isPersons(Notice notice, boolean system) {
    MailHeaders headers = notice.headers();
    String subject = notice.subject();
    return !bearsMarkOfReport(headers)
        && (Wording.isHandedOn(subject)
            || !system && headers.isListMail() && !Wording.startsAsReport(subject));
  }

  /** Whether somebody answers; gateways put the same prefix in front. */
  private static boolean answers(Notice notice) {
    MailHeaders headers = notice.headers();
    boolean refers = headers.inReplyTo().isPresent() || !headers.references().isEmpty();
    return refers && !bearsMarkOfReport(headers) && Wording.isSubjectOfAnswer(notice.subject());
  }

  private static boolean bearsMarkOfReport(MailHeaders headers) {
    return headers.hasNullSender() || headers.first("X-Failed-Recipients").isPresent();
  }

  private static ParsedNotice reading(
      Notice whole, Notice own, MtaSignature signature, NoticeAuthor speaker) {
    boolean delayed = Wording.tellsDelay(own.subject() + " " + own.words());
    return new ParsedNotice(
        signature.name(),
        delayed,
        recipients(own, signature, speaker),
        DiagnosticText.all(own.lines()),
        isSure(own, speaker) ? LocalPartRecipients.find(own) : List.of(),
        whole.returnedHeader(signature));
  }

  private static List<ParsedNotice.Recipient> recipients(
      Notice own, MtaSignature signature, NoticeAuthor speaker) {
    Map<EmailAddress, Integer> found =
        new RecipientLines(own.lines(), signature, others(own.headers())).find(speaker);
    if (found.isEmpty()) {
      // Somebody may have written to the very address that he writes from.
      found = new RecipientLines(own.lines(), signature, author(own.headers())).find(speaker);
    }
    boolean known = signature != MtaSignature.UNKNOWN && own.headers().hasNullSender();
    if (found.isEmpty() && (known || isSure(own, speaker))) {
      found = new UnstructuredRecipients(own, others(own.headers())).find();
    }
    List<NamedAddress> failed = own.headers().addresses("X-Failed-Recipients");
    Map<EmailAddress, Integer> all = new LinkedHashMap<>();
    for (NamedAddress each : failed) {
      all.put(each.address(), found.getOrDefault(each.address(), -1));
    }
    if (all.isEmpty()) {
      all.putAll(found);
    }
    List<ParsedNotice.Recipient> recipients = new ArrayList<>();
    all.forEach(
        (address, line) -> {
          if (recipients.size() < MAX_RECIPIENTS) {
            String said = DiagnosticText.recipient(own.lines(), all, address, line);
            recipients.add(new ParsedNotice.Recipient(address, Forwarding.writtenTo(said), said));
          }
        });
    return recipients;
  }

  /** Whoever has to do with the notice without having been written to. */
  private static Set<EmailAddress> others(MailHeaders headers) {
    Set<EmailAddress> others = author(headers);
    headers.to().forEach(each -> others.add(each.address()));
    return others;
  }

  private static Set<EmailAddress> author(MailHeaders headers) {
    Set<EmailAddress> author = new LinkedHashSet<>();
    headers.from().ifPresent(each -> author.add(each.address()));
    headers.returnPath().ifPresent(author::add);
    return author;
  }
}
