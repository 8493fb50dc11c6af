package org.byoemail.conversation;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The subject without the prefixes that replies gather, as RFC 5256 section 2.1 does for threads.
 */
final class SubjectLine {
  private static final Pattern PREFIX =
      Pattern.compile(
          "^\\s*(?:re|aw|sv|antw|rif|odp|回复|答复)(?:\\[\\d+])?\\s*[:：]\\s*",
          Pattern.CASE_INSENSITIVE);

  private SubjectLine() {}

  static boolean isReply(String subject) {
    return PREFIX.matcher(subject).find();
  }

  static String base(String subject) {
    String rest = subject;
    for (String before = null; !rest.equals(before); ) {
      before = rest;
      rest = PREFIX.matcher(rest).replaceFirst("");
    }
    return rest.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }
}
