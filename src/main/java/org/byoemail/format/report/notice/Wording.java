package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Set;

/**
 * The words in which servers say, in many languages, that a mail did not arrive. All texts are in
 * lower case.
 */
final class Wording {
  private static final List<String> FAILURE = WordLists.wording("failure");
  private static final Set<String> USED_BY_FILTERS =
      Set.of("been blocked", "has been rejected", "was rejected", "automatically rejected");

  private static final List<String> CERTAIN =
      FAILURE.stream().filter(words -> !USED_BY_FILTERS.contains(words)).toList();

  private static final List<String> DELAY = WordLists.wording("delay");
  private static final List<String> GIVEN_UP = WordLists.wording("given-up");
  private static final List<String> SUBJECT = WordLists.wording("subject");
  private static final List<String> SUBJECT_OF_SYSTEM = WordLists.wording("subject-of-system");

  private static final List<String> FORWARDED = WordLists.wording("forwarded");

  private static final List<String> REPLY = WordLists.wording("reply");

  private Wording() {}

  static boolean tellsFailure(String text) {
    return containsOne(FAILURE, text);
  }

  /** Whether that is said of a mail that was sent, and not of one that a filter holds. */
  static boolean surelyTellsFailure(String text) {
    return containsOne(CERTAIN, text) && !text.contains("quarantin");
  }

  /** Whether it says that the mail is still being tried. */
  static boolean tellsDelay(String text) {
    return containsOne(DELAY, text) && !containsOne(GIVEN_UP, text);
  }

  /**
   * Whether a subject is that of a report.
   *
   * @param system whether a mail system wrote it: then more subjects count
   */
  static boolean isSubjectOfReport(String subject, boolean system) {
    return containsOne(SUBJECT, subject) || system && containsOne(SUBJECT_OF_SYSTEM, subject);
  }

  /** Whether a subject begins as that of a report; list members may write of one. */
  static boolean startsAsReport(String subject) {
    return SUBJECT.stream().anyMatch(subject::startsWith);
  }

  static boolean isForwarded(String subject) {
    return FORWARDED.stream().anyMatch(subject::startsWith);
  }

  static boolean isReply(String subject) {
    return REPLY.stream().anyMatch(subject::startsWith);
  }

  private static boolean containsOne(List<String> phrases, String text) {
    return phrases.stream().anyMatch(text::contains);
  }
}
