package org.byoemail.format.screen;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Words and phrases of an operator. Case, and what separates the words of a phrase, do not matter;
 * a word matches whole words. Time is linear in the text. Safe for use by many threads.
 */
public final class WordList {
  /** How many words and phrases a list may have. */
  public static final int MAX_ENTRIES = 2_000;

  /** How many words a phrase may have. */
  public static final int MAX_WORDS = 6;

  private static final int MAX_LENGTH = 100;

  private final String name;
  private final Map<String, String> phrases = new HashMap<>();
  private final Set<String> firstWords = new HashSet<>();

  private WordList(String name) {
    this.name = name;
  }

  /**
   * Reads a list.
   *
   * @param name the name that findings carry
   * @throws IllegalArgumentException if an entry is empty or too long, or there are too many; the
   *     message says what is wrong, as a continuation of the field's name
   */
  public static WordList of(String name, List<String> entries) {
    if (entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException("has more than " + MAX_ENTRIES + " entries");
    }
    WordList list = new WordList(name);
    for (String entry : entries) {
      list.add(entry);
    }
    if (list.phrases.isEmpty()) {
      throw new IllegalArgumentException("is empty");
    }
    return list;
  }

  private void add(String entry) {
    StringBuilder phrase = new StringBuilder();
    int[] words = {0};
    if (entry.length() <= MAX_LENGTH) {
      words(
          entry,
          (start, end) -> {
            String word = folded(entry.substring(start, end));
            if (words[0]++ == 0) {
              firstWords.add(word);
            } else {
              phrase.append(' ');
            }
            phrase.append(word);
          });
    }
    if (words[0] == 0 || words[0] > MAX_WORDS) {
      throw new IllegalArgumentException(
          "has an entry that is not 1 to %d words of together at most %d characters"
              .formatted(MAX_WORDS, MAX_LENGTH));
    }
    phrases.put(phrase.toString(), entry);
  }

  /** The name that findings carry. */
  public String name() {
    return name;
  }

  /** Tells of each match from where to where it is. */
  void find(String text, BiConsumer<Integer, Integer> match) {
    int[] starts = new int[MAX_WORDS];
    String[] last = new String[MAX_WORDS];
    int[] count = {0};
    words(
        text,
        (start, end) -> {
          int at = count[0]++;
          starts[at % MAX_WORDS] = start;
          last[at % MAX_WORDS] = end - start > MAX_LENGTH ? "" : folded(text.substring(start, end));
          String phrase = "";
          for (int i = at; i >= 0 && i > at - MAX_WORDS; i--) {
            String word = last[i % MAX_WORDS];
            phrase = i == at ? word : word + " " + phrase;
            if (firstWords.contains(word) && phrases.containsKey(phrase)) {
              match.accept(starts[i % MAX_WORDS], end);
              return;
            }
          }
        });
  }

  private static String folded(String word) {
    return word.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static void words(String text, BiConsumer<Integer, Integer> each) {
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inWord = i < text.length() && isPart(text.charAt(i));
      if (inWord && start < 0) {
        start = i;
      } else if (!inWord && start >= 0) {
        each.accept(start, i);
        start = -1;
      }
    }
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c)
        || Character.isSurrogate(c)
        || Character.getType(c) == Character.NON_SPACING_MARK
        || Character.getType(c) == Character.COMBINING_SPACING_MARK;
  }
}
