package org.byoemail.format.report.notice;

import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.AutoSubmitted;
import org.byoemail.format.mime.MailHeaders;

/** Tells from a header whether a mail system speaks, and not a person or a person's program. */
final class MailSystemSender {
  private static final List<String> NAMES =
      List.of(
          "mail delivery",
          "mailer daemon",
          "mailer-daemon",
          "delivery subsystem",
          "delivery system",
          "delivery service",
          "mail administrator",
          "system administrator",
          "mail system",
          "postmaster",
          "microsoft outlook",
          "microsoft exchange");

  private static final List<String> LOCAL_PARTS =
      List.of(
          "daemon",
          "postmaster",
          "post_master",
          "mdaemon",
          "imss",
          "smtp_mail",
          "mailadmin",
          "mail.delivery",
          "microsoftexchange",
          "bounce");

  /**
   * Programs that keep mailing lists: what they send to no one's address to answer, they report.
   */
  private static final List<String> LIST_MANAGERS =
      List.of("listserv", "majordomo", "listproc", "mailman", "sympa", "smartlist");

  private MailSystemSender() {}

  static boolean speaks(MailHeaders headers) {
    String from = Notice.lower(headers.decoded("From").orElse(""));
    return headers.first("X-Failed-Recipients").isPresent()
        || from.contains("<>")
        || NAMES.stream().anyMatch(from::contains)
        || headers.from().filter(MailSystemSender::isItsAddress).isPresent()
        || from.isEmpty() && headers.mayBeReport()
        || headers.hasNullSender() && headers.from().filter(MailSystemSender::isOfList).isPresent();
  }

  private static boolean isOfList(NamedAddress named) {
    return LIST_MANAGERS.stream().anyMatch(named.address().localPart()::contains);
  }

  /** A machine does not even have a name that a person could write under, as postmaster is. */
  static NoticeAuthor speaker(MailHeaders headers) {
    if (!speaks(headers)) {
      return NoticeAuthor.ANYBODY;
    }
    return isMachine(headers) ? NoticeAuthor.MACHINE : NoticeAuthor.SYSTEM;
  }

  private static boolean isMachine(MailHeaders headers) {
    String from = Notice.lower(headers.decoded("From").orElse(""));
    return headers.hasNullSender()
        || headers.autoSubmitted() != AutoSubmitted.NO
        || headers.first("X-Failed-Recipients").isPresent()
        || from.isEmpty()
        || from.contains("<>")
        || from.contains("daemon")
        || from.contains("delivery")
        || from.contains("system");
  }

  private static boolean isItsAddress(NamedAddress named) {
    EmailAddress address = named.address();
    return LOCAL_PARTS.stream().anyMatch(address.localPart()::contains);
  }
}
