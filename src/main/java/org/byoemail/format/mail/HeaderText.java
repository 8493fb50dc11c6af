package org.byoemail.format.mail;

import org.jspecify.annotations.Nullable;

/** What text may stand in a header field: one line, without control characters. */
public final class HeaderText {
  /** A longer word could push a line over the 998 characters of RFC 5322 section 2.1.1. */
  public static final int MAX_WORD = 900;

  private HeaderText() {}

  /** What is wrong with a text for a header field; null if nothing is. */
  public static @Nullable String fault(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == '\u2028' || c == '\u2029' || c == '\u0085') {
        return "holds a line break";
      }
      if (Character.isISOControl(c)) {
        return "holds a control character";
      }
    }
    return null;
  }

  /** The length of the longest run without a space: a line cannot be folded within one. */
  public static int longestWord(String text) {
    int longest = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == ' ') {
        longest = Math.max(longest, i - start);
        start = i + 1;
      }
    }
    return longest;
  }

  /** Whether each surrogate has its other half, without which a text has no bytes. */
  public static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isLowSurrogate(c)
          || i + 1 == text.length()
          || !Character.isLowSurrogate(text.charAt(i + 1))) {
        return false;
      }
      i++;
    }
    return true;
  }
}
