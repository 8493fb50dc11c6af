package org.byoemail.format.report.notice;

import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.AutoSubmitted;
import org.byoemail.format.mime.MailHeaders;

/** Who seems to have written a mail, by its header. */
enum NoticeAuthor {
  /** A mail system, in a way in which no person writes. */
  MACHINE,
  /** Somebody under the name of a mail system: postmasters answer questions, too. */
  SYSTEM,
  /** A person, or a program of any kind. */
  ANYBODY;

  private static final Phrases NAMES =
      phrases(
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

  private static final Phrases LOCAL_PARTS =
      phrases(
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

  /** Mailing list managers: their mail with a null sender is a report. */
  private static final Phrases LIST_MANAGERS =
      phrases("listserv", "majordomo", "listproc", "mailman", "sympa", "smartlist");

  private static Phrases phrases(String... phrases) {
    return new Phrases(List.of(phrases));
  }

  static NoticeAuthor of(MailHeaders headers) {
    String from = Notice.lower(headers.decoded("From").orElse(""));
    if (!isSystem(headers, from)) {
      return ANYBODY;
    }
    return isMachine(headers, from) ? MACHINE : SYSTEM;
  }

  /** Whether a mail system writes, or a person in its name. */
  boolean isSystem() {
    return this != ANYBODY;
  }

  private static boolean isSystem(MailHeaders headers, String from) {
    return headers.first("X-Failed-Recipients").isPresent()
        || from.contains("<>")
        || NAMES.occurIn(from)
        || headers.from().filter(NoticeAuthor::isSystemAddress).isPresent()
        || from.isEmpty() && headers.mayBeReport()
        || headers.hasNullSender()
            && headers.from().filter(NoticeAuthor::isListManager).isPresent();
  }

  /** A name such as postmaster alone may also be a person's. */
  private static boolean isMachine(MailHeaders headers, String from) {
    return headers.hasNullSender()
        || headers.autoSubmitted() != AutoSubmitted.NO
        || headers.first("X-Failed-Recipients").isPresent()
        || from.isEmpty()
        || from.contains("<>")
        || from.contains("daemon")
        || from.contains("delivery")
        || from.contains("system");
  }

  private static boolean isSystemAddress(NamedAddress from) {
    EmailAddress address = from.address();
    return LOCAL_PARTS.occurIn(address.localPart());
  }

  private static boolean isListManager(NamedAddress from) {
    return LIST_MANAGERS.occurIn(from.address().localPart());
  }
}
