package org.byoemail.format.report.notice;

import java.util.List;

/**
 * Phrases in lower case that a text is searched for. Loops: these are compared with every line of
 * every notice.
 */
final class Phrases {
  private static final char IDEOGRAPHS = '\u2e80';

  /** Makes an attribute of the Chinese word in front of it. */
  private static final char OF = '的';

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

  /** Whether one of them occurs as whole words, in a text whose words are parted by one blank. */
  boolean occurAsWordsIn(String text) {
    String padded = ' ' + text + ' ';
    for (String phrase : phrases) {
      if (padded.contains(' ' + phrase + ' ')) {
        return true;
      }
    }
    return false;
  }

  /** Where the first of them occurs, from there on; negative if none does. */
  int find(String text, int from) {
    int first = -1;
    for (String phrase : phrases) {
      int at = text.indexOf(phrase, from);
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }

  /** The same, of those that no letter follows; ideographs are not written in words. */
  int findWhole(String text) {
    int first = -1;
    for (String phrase : phrases) {
      int at = text.indexOf(phrase);
      while (at >= 0 && !isEnd(text, at + phrase.length())) {
        at = text.indexOf(phrase, at + 1);
      }
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }

  private static boolean isEnd(String text, int at) {
    return at == text.length()
        || !Character.isLetter(text.charAt(at))
        || text.charAt(at) >= IDEOGRAPHS && text.charAt(at) != OF;
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
