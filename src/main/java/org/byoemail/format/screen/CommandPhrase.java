package org.byoemail.format.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression for a command, with the words that each match of it has: to look for these
 * takes a fraction of the time, and few texts have them.
 *
 * @param stems of each list one occurs in whatever the expression matches, in lower case
 */
record CommandPhrase(Pattern pattern, List<List<String>> stems) {
  static CommandPhrase of(String regex) {
    return new CommandPhrase(
        Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE), stems(regex));
  }

  /**
   * The first match in a text.
   *
   * @param folded the same text as {@link #folded} makes it
   */
  @Nullable Matcher find(String text, String folded) {
    for (List<String> any : stems) {
      if (!hasOne(any, folded)) {
        return null;
      }
    }
    Matcher found = pattern.matcher(text);
    return found.find() ? found : null;
  }

  private static boolean hasOne(List<String> stems, String folded) {
    for (int i = 0; i < stems.size(); i++) {
      if (folded.contains(stems.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** A text of the same length whose letters are equal where the expressions ignore their case. */
  static String folded(String text) {
    char[] folded = text.toCharArray();
    for (int i = 0; i < folded.length; i++) {
      char c = folded[i];
      if (c >= 'A' && c <= 'Z') {
        folded[i] = (char) (c + 32);
      } else if (c > 127) {
        folded[i] = Character.toLowerCase(Character.toUpperCase(c));
      }
    }
    return new String(folded);
  }

  /**
   * The words outside of groups, and those with which the alternatives of a group begin; empty
   * where the expression has classes or alternatives outside of groups.
   */
  static List<List<String>> stems(String regex) {
    List<List<String>> all = new ArrayList<>();
    int at = 0;
    while (at < regex.length()) {
      if ("[|".indexOf(regex.charAt(at)) >= 0 || regex.startsWith("\\p", at)) {
        return List.of();
      }
      if (regex.startsWith("(?:", at)) {
        int end = groupEnd(regex, at);
        if (!isOptional(regex, end)) {
          addGroup(regex.substring(at + 3, end - 1), all);
        }
        at = end;
      } else if (isLetter(regex, at)) {
        String word = stem(regex.substring(at));
        addGroup(word, all);
        at += Math.max(1, word.length());
      } else {
        at += regex.charAt(at) == '\\' ? 2 : 1;
      }
    }
    return List.copyOf(all);
  }

  private static void addGroup(String alternatives, List<List<String>> to) {
    List<String> stems = new ArrayList<>();
    int start = 0;
    for (int end = 0; end <= alternatives.length(); end++) {
      if (end == alternatives.length() || alternatives.charAt(end) == '|') {
        stems.add(folded(stem(alternatives.substring(start, end))));
        start = end + 1;
      } else if (alternatives.startsWith("(?:", end)) {
        end = groupEnd(alternatives, end) - 1;
      } else if (alternatives.charAt(end) == '[') {
        end = alternatives.indexOf(']', end);
      }
    }
    if (stems.stream().noneMatch(String::isBlank)) {
      to.add(List.copyOf(stems));
    }
  }

  /** The letters at the start that each match has. */
  private static String stem(String regex) {
    int end = 0;
    while (end < regex.length() && isLetter(regex, end) && !isOptional(regex, end + 1)) {
      end++;
    }
    return regex.substring(0, end);
  }

  private static boolean isLetter(String regex, int at) {
    char c = regex.charAt(at);
    return Character.isLetter(c) || c == ' ' || c == '\'' || c == '-';
  }

  private static boolean isOptional(String regex, int at) {
    return at < regex.length() && "?*{".indexOf(regex.charAt(at)) >= 0;
  }

  /** Where a group ends, after its parenthesis; brackets are not nested in groups otherwise. */
  private static int groupEnd(String regex, int start) {
    int depth = 0;
    for (int i = start; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException("a group without an end: " + regex);
  }
}
