package org.byoemail.format.report.notice;

import java.util.Set;

/**
 * The words in which servers say, in many languages, that a mail did not arrive. All texts are in
 * lower case.
 */
final class Wording {
  private static final Phrases FAILURE = Phrases.wording("failure");
  private static final Set<String> USED_BY_FILTERS =
      Set.of("been blocked", "has been rejected", "was rejected", "automatically rejected");

  private static final Phrases CERTAIN =
      new Phrases(
          WordLists.wording("failure").stream()
              .filter(words -> !USED_BY_FILTERS.contains(words))
              .toList());

  private static final Phrases ARRIVAL = Phrases.wording("arrival");
  private static final Phrases DENIAL = Phrases.wording("denial");
  private static final Set<String> ARRIVED = Set.copyOf(WordLists.wording("arrived"));
  private static final Phrases DELAY = Phrases.wording("delay");
  private static final Phrases GIVEN_UP = Phrases.wording("given-up");
  private static final Phrases SUBJECT = Phrases.wording("subject");
  private static final Phrases SUBJECT_OF_SYSTEM = Phrases.wording("subject-of-system");

  private static final Phrases SUBJECT_OF_SUMMARY = Phrases.wording("subject-of-summary");
  private static final Phrases HELD_FOR_READER = Phrases.wording("held-for-reader");
  private static final Phrases MAIL = Phrases.wording("mail");

  private static final Phrases FORWARDED = Phrases.wording("forwarded");

  private static final Phrases REPLY = Phrases.wording("reply");

  private Wording() {}

  static boolean tellsFailure(String text) {
    return FAILURE.occurIn(text);
  }

  /** Whether that is said of a mail that was sent, and not of one that a filter holds. */
  static boolean surelyTellsFailure(String text) {
    return CERTAIN.occurIn(text) && !text.contains("quarantin");
  }

  /** Whether a line announces recipients that the mail arrived at. */
  static boolean tellsArrival(String line) {
    return ARRIVAL.occurIn(line) && !DENIAL.occurIn(line);
  }

  /** Whether the words after a recipient say that the mail arrived there, and nothing else. */
  static boolean isArrival(String words) {
    return ARRIVED.contains(words);
  }

  /** Whether it says that the mail is still being tried. */
  static boolean tellsDelay(String text) {
    return DELAY.occurIn(text) && !GIVEN_UP.occurIn(text);
  }

  /**
   * Whether a subject is a report's.
   *
   * @param system whether a mail system wrote it: then more subjects count
   */
  static boolean isSubjectOfReport(String subject, boolean system) {
    return SUBJECT.occurIn(subject) || system && SUBJECT_OF_SYSTEM.occurIn(subject);
  }

  /** Whether a subject begins like a report's; list members may write about one. */
  static boolean startsAsReport(String subject) {
    return SUBJECT.begin(subject);
  }

  /** Whether a subject is a report's, and not a tracker's, whose tag comes first. */
  static boolean isReportOfStranger(String subject) {
    return SUBJECT.occurIn(subject) && !subject.startsWith("[");
  }

  /** Whether a subject announces a list of many mails, such as a log or held mail. */
  static boolean isSubjectOfSummary(String subject) {
    return SUBJECT_OF_SUMMARY.occurIn(subject);
  }

  /** Whether it announces mail that waits for its reader. */
  static boolean tellsOfHeldMail(String text) {
    return HELD_FOR_READER.occurIn(text);
  }

  /** Whether it speaks of mail at all, and not of a parcel, a payment or a fax. */
  static boolean isAboutMail(String text) {
    return MAIL.occurIn(text) || SmtpWords.hasReplyCode(text);
  }

  static boolean isForwarded(String subject) {
    return FORWARDED.begin(subject);
  }

  static boolean isReply(String subject) {
    return REPLY.begin(subject);
  }
}
