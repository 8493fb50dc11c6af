package org.byoemail.platform.conversation;

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

  private static final int MAX_READ = 1000;
  private static final int MAX_LENGTH = 200;

  private SubjectLine() {}

  static boolean isReply(String subject) {
    return PREFIX.matcher(subject).find();
  }

  /** In lower case and shortened, so that an index can hold it. */
  static String base(String subject) {
    String rest = subject.substring(0, Math.min(MAX_READ, subject.length())).replace("\0", "");
    for (String before = null; !rest.equals(before); ) {
      before = rest;
      rest = PREFIX.matcher(rest).replaceFirst("");
    }
    String base = rest.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    return base.substring(0, Math.min(MAX_LENGTH, base.length()));
  }
}
