package org.byoemail.format.report.notice;

/** Who seems to have written a mail. */
enum NoticeAuthor {
  /** A mail system, in a way in which no person writes. */
  MACHINE,
  /** Somebody under the name of a mail system: postmasters answer questions, too. */
  SYSTEM,
  /** A person, or a program of any kind. */
  ANYBODY
}
