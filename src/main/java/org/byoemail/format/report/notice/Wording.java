package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Set;

/**
 * The words in which servers say, in many languages, that a mail did not arrive. What is asked for
 * is in lower case.
 */
final class Wording {
  private static final List<String> FAILURE = WordLists.wording("failure");
  private static final Set<String> OF_FILTERS =
      Set.of("been blocked", "has been rejected", "was rejected", "automatically rejected");

  private static final List<String> SURE =
      FAILURE.stream().filter(words -> !OF_FILTERS.contains(words)).toList();

  private static final List<String> DELAY = WordLists.wording("delay");
  private static final List<String> GIVEN_UP = WordLists.wording("given-up");
  private static final List<String> SUBJECT = WordLists.wording("subject");
  private static final List<String> SUBJECT_OF_SYSTEM = WordLists.wording("subject-of-system");

  /** What people and their programs put in front when they pass on a mail, or answer it. */
  private static final List<String> HANDED_ON = WordLists.wording("handed-on");

  private static final List<String> ANSWERED = WordLists.wording("answered");

  private Wording() {}

  static boolean tellsFailure(String words) {
    return holds(FAILURE, words);
  }

  /** Whether it says so of a mail that was sent, and not of mails that a filter keeps. */
  static boolean surelyTellsFailure(String words) {
    return holds(SURE, words) && !words.contains("quarantin");
  }

  /** Whether it says that the mail is still being tried. */
  static boolean tellsDelay(String words) {
    return holds(DELAY, words) && !holds(GIVEN_UP, words);
  }

  /**
   * Whether a subject is that of a report.
   *
   * @param system whether a mail system wrote it, so that less is enough
   */
  static boolean isSubjectOfReport(String subject, boolean system) {
    return holds(SUBJECT, subject) || system && holds(SUBJECT_OF_SYSTEM, subject);
  }

  /** Whether a subject speaks of nothing but a report, which those who write to lists may do. */
  static boolean startsAsReport(String subject) {
    return SUBJECT.stream().anyMatch(subject::startsWith);
  }

  static boolean isHandedOn(String subject) {
    return HANDED_ON.stream().anyMatch(subject::startsWith);
  }

  static boolean isSubjectOfAnswer(String subject) {
    return ANSWERED.stream().anyMatch(subject::startsWith);
  }

  private static boolean holds(List<String> phrases, String words) {
    return phrases.stream().anyMatch(words::contains);
  }
}
