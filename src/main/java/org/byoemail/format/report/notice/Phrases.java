package org.byoemail.format.report.notice;

import java.util.List;

/**
 * Phrases in lower case that a text is searched for. Loops: these are compared with every line of
 * every notice.
 */
final class Phrases {
  private final String[] phrases;

  /** The first characters of the phrases, as a set of bits of their last six bits. */
  private final long starts;

  Phrases(List<String> phrases) {
    this.phrases = phrases.toArray(new String[0]);
    long bits = 0;
    for (String phrase : phrases) {
      bits |= bit(phrase.charAt(0));
    }
    this.starts = bits;
  }

  static Phrases wording(String name) {
    return new Phrases(WordLists.wording(name));
  }

  private static long bit(char c) {
    return 1L << (c & 63);
  }

  /** Whether one of them occurs in the text. */
  boolean occurIn(String text) {
    for (String phrase : phrases) {
      if (text.contains(phrase)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the text starts with one of them. */
  boolean begin(String text) {
    if (text.isEmpty() || (starts & bit(text.charAt(0))) == 0) {
      return false;
    }
    for (String phrase : phrases) {
      if (text.startsWith(phrase)) {
        return true;
      }
    }
    return false;
  }
}
