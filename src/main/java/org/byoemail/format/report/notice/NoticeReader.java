package org.byoemail.format.report.notice;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * Reads bounces that servers write for people, and not in the fields of RFC 3464. Safe for use by
 * many threads.
 */
public final class NoticeReader {
  private static final int MAX_RECIPIENTS = 1_000;

  private NoticeReader() {}

  /**
   * What a notice says; empty for a mail that is none.
   *
   * @param returnsToAuthor whether it returns a mail, with its Received fields, to its author: only
   *     a mail system does so
   */
  public static Optional<ParsedNotice> read(Notice notice, BooleanSupplier returnsToAuthor) {
    MailHeaders headers = notice.headers();
    NoticeAuthor author = notice.author();
    boolean system = author.isSystem();
    boolean subject = Wording.isSubjectOfReport(notice.subject(), system);
    boolean candidate = system || subject || headers.mayBeReport();
    if (!candidate || isForwarded(notice, system) || isMentioned(notice)) {
      return Optional.empty();
    }
    boolean reply = isReply(notice);
    for (MtaSignature signature : MtaSignatures.ALL) {
      if (notice.matches(signature)) {
        Notice own = notice.withoutReturnedMail(signature);
        return (system || !reply) && ((system || subject) && !reply || isAboutDelivery(own))
            ? Optional.of(parse(notice, own, signature, NoticeAuthor.MACHINE))
            : Optional.empty();
      }
    }
    Notice own = notice.withoutReturnedMail(MtaSignature.UNKNOWN);
    boolean bounce =
        system && subject || (author == NoticeAuthor.MACHINE || subject) && isAboutDelivery(own);
    if (!bounce || reply || isAboutOthers(own, system)) {
      return Optional.empty();
    }
    // A null sender, or the returned mail, together with the subject of a report.
    boolean machine =
        subject && (headers.hasNullSender() || system && returnsToAuthor.getAsBoolean());
    NoticeAuthor likely = machine ? NoticeAuthor.MACHINE : author;
    return Optional.of(parse(notice, own, MtaSignature.UNKNOWN, likely))
        .filter(parsed -> !parsed.recipients().isEmpty() || isCertain(own, likely));
  }

  /** Whether a machine reports a failure and nothing else, even if it names no recipient. */
  private static boolean isCertain(Notice own, NoticeAuthor author) {
    return author == NoticeAuthor.MACHINE
        && Wording.isSubjectOfReport(own.subject(), own.author().isSystem())
        && Wording.surelyTellsFailure(own.words());
  }

  private static boolean isAboutDelivery(Notice own) {
    return Wording.tellsFailure(own.words())
        || Wording.tellsDelay(own.words())
        || own.headers().first("X-Failed-Recipients").isPresent();
  }

  /** Whether a person forwards or discusses a report; lists keep its fields in some of them. */
  private static boolean isForwarded(Notice notice, boolean system) {
    MailHeaders headers = notice.headers();
    String subject = notice.subject();
    return !hasReportFields(headers)
        && (Wording.isForwarded(subject)
            || !system && headers.isListMail() && !Wording.startsAsReport(subject));
  }

  /**
   * Whether a tracker, forum or summary quotes a report, or a filter lists mail that it holds for
   * the reader.
   */
  private static boolean isMentioned(Notice notice) {
    boolean stranger = !notice.author().isSystem() && !hasReportFields(notice.headers());
    return stranger && !Wording.isReportOfStranger(notice.subject())
        || Wording.isSubjectOfSummary(notice.subject())
        || Wording.tellsOfHeldMail(notice.words());
  }

  /** Whether it is about mail that a filter holds for its reader, or about no mail at all. */
  private static boolean isAboutOthers(Notice own, boolean system) {
    return Wording.tellsOfHeldMail(own.words())
        || !system && !Wording.isAboutMail(own.subject() + " " + own.words());
  }

  /** Whether it is a reply; gateways use the same prefix. */
  private static boolean isReply(Notice notice) {
    MailHeaders headers = notice.headers();
    boolean refers = headers.inReplyTo().isPresent() || !headers.references().isEmpty();
    return refers && !hasReportFields(headers) && Wording.isReply(notice.subject());
  }

  private static boolean hasReportFields(MailHeaders headers) {
    return headers.hasNullSender() || headers.first("X-Failed-Recipients").isPresent();
  }

  private static ParsedNotice parse(
      Notice whole, Notice own, MtaSignature signature, NoticeAuthor author) {
    boolean delayed = Wording.tellsDelay(own.subject() + " " + own.words());
    return new ParsedNotice(
        signature,
        delayed,
        recipients(own, signature, author),
        DiagnosticText.all(own.lines()),
        isCertain(own, author) ? LocalPartRecipients.find(own) : List.of(),
        whole.returnedHeader(signature));
  }

  private static List<ParsedNotice.Recipient> recipients(
      Notice own, MtaSignature signature, NoticeAuthor author) {
    Map<EmailAddress, Integer> lines = lines(own, signature, author);
    return lines.entrySet().stream()
        .limit(MAX_RECIPIENTS)
        .map(
            recipient -> {
              String diagnostic =
                  DiagnosticText.of(own.lines(), lines, recipient.getKey(), recipient.getValue());
              return new ParsedNotice.Recipient(
                  recipient.getKey(), DiagnosticText.originalRecipient(diagnostic), diagnostic);
            })
        .toList();
  }

  /** The recipients, and the index of the line that names each; -1 for one that no line names. */
  private static Map<EmailAddress, Integer> lines(
      Notice own, MtaSignature signature, NoticeAuthor author) {
    MailHeaders headers = own.headers();
    Map<EmailAddress, Integer> found =
        new RecipientLines(own.lines(), signature, authorAndReader(headers)).find(author);
    if (found.isEmpty()) {
      // The sender may have written to its own address.
      found = new RecipientLines(own.lines(), signature, author(headers)).find(author);
    }
    boolean known = signature != MtaSignature.UNKNOWN && headers.hasNullSender();
    if (found.isEmpty() && (known || isCertain(own, author))) {
      found = new UnstructuredRecipients(own, authorAndReader(headers)).find();
    }
    Map<EmailAddress, Integer> failed = new LinkedHashMap<>();
    for (NamedAddress each : headers.addresses("X-Failed-Recipients")) {
      failed.put(each.address(), found.getOrDefault(each.address(), -1));
    }
    return failed.isEmpty() ? found : failed;
  }

  /** From, Return-Path and To: not the recipients of the mail that failed. */
  private static Set<EmailAddress> authorAndReader(MailHeaders headers) {
    Set<EmailAddress> addresses = author(headers);
    headers.to().forEach(each -> addresses.add(each.address()));
    return addresses;
  }

  private static Set<EmailAddress> author(MailHeaders headers) {
    Set<EmailAddress> author = new LinkedHashSet<>();
    headers.from().ifPresent(each -> author.add(each.address()));
    headers.returnPath().ifPresent(author::add);
    return author;
  }
}
