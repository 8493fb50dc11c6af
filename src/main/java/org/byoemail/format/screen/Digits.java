package org.byoemail.format.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs of digits in a text, and the words around them. */
final class Digits {
  /** Longer runs are no number that anything is known of. */
  private static final int MAX_DIGITS = 40;

  private static final int CONTEXT = 60;

  private Digits() {}

  /**
   * Digits, with single blanks or hyphens between groups.
   *
   * @param digits without the separators
   * @param groups the lengths of the groups
   * @param joined whether something that is no word's end touches them: they are part of a URL, a
   *     UUID, a hash or an amount
   */
  record Run(String digits, List<Integer> groups, int start, int end, boolean joined) {}

  /** All runs of at least so many digits. */
  static List<Run> runs(String text, int min, int max) {
    List<Run> runs = new ArrayList<>();
    int i = 0;
    while (i < text.length() && runs.size() < max) {
      if (!isDigit(text.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      StringBuilder digits = new StringBuilder();
      List<Integer> groups = new ArrayList<>();
      char separator = 0;
      int end = i;
      while (i < text.length()) {
        int group = i;
        while (i < text.length() && isDigit(text.charAt(i))) {
          i++;
        }
        if (digits.length() <= MAX_DIGITS) {
          digits.append(text, group, Math.min(i, group + MAX_DIGITS + 1));
          groups.add(i - group);
        }
        end = i;
        boolean more =
            i + 1 < text.length() && isDigit(text.charAt(i + 1)) && isSeparator(text.charAt(i));
        if (!more || separator != 0 && text.charAt(i) != separator) {
          break;
        }
        separator = text.charAt(i);
        i++;
      }
      if (digits.length() >= min && digits.length() <= MAX_DIGITS) {
        runs.add(
            new Run(
                digits.toString(), List.copyOf(groups), start, end, isJoined(text, start, end)));
      }
    }
    return runs;
  }

  /** Some of the groups of a run, in one run; null if it does not have so many. */
  static @Nullable Run part(String text, Run run, int first, int count) {
    if (first + count > run.groups().size()) {
      return null;
    }
    int skipped = run.groups().subList(0, first).stream().mapToInt(n -> n).sum();
    List<Integer> groups = run.groups().subList(first, first + count);
    int length = groups.stream().mapToInt(n -> n).sum();
    int start = run.start() + skipped + first;
    int end = start + length + count - 1;
    return new Run(
        run.digits().substring(skipped, skipped + length),
        groups,
        start,
        end,
        isJoined(text, start, end));
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSeparator(char c) {
    return c == ' ' || c == '-' || c == '\u00A0' || c == '\u202F';
  }

  private static boolean isJoined(String text, int start, int end) {
    char before = start == 0 ? ' ' : text.charAt(start - 1);
    char after = end == text.length() ? ' ' : text.charAt(end);
    char next = end + 1 >= text.length() ? ' ' : text.charAt(end + 1);
    boolean goesOn = (after == '.' || after == ',') && Character.isLetterOrDigit(next);
    return Character.isLetterOrDigit(before)
        || "+#/=&?_%.,$€£@-".indexOf(before) >= 0
        || Character.isLetterOrDigit(after)
        || "/=&?_%@-".indexOf(after) >= 0
        || goesOn;
  }

  /** The words around a place, in lower case: those before it on the same and the line before. */
  static String before(String text, int start) {
    return text.substring(Math.max(0, start - CONTEXT), start).toLowerCase(Locale.ROOT);
  }

  static String after(String text, int end) {
    return text.substring(end, Math.min(text.length(), end + CONTEXT)).toLowerCase(Locale.ROOT);
  }

  static boolean hasOne(String text, String... words) {
    for (String word : words) {
      if (text.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
