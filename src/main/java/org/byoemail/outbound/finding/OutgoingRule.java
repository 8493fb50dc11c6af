package org.byoemail.outbound.finding;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.screen.TextPattern;
import org.byoemail.format.screen.WordList;

/**
 * An organisation's own rule for its outgoing mail.
 *
 * @param name that findings carry, and that is unique in the organisation
 * @param ignoreCase of a pattern; words ignore case always
 * @param entries expressions, words and phrases, or values
 */
public record OutgoingRule(
    UUID id,
    OrganizationId organization,
    String name,
    Kind kind,
    boolean ignoreCase,
    List<String> entries,
    Instant changedAt) {
  /** How many expressions a rule has at most. */
  public static final int MAX_PATTERNS = 20;

  private static final int MAX_VALUE = 200;

  /** What its entries are. */
  public enum Kind {
    /** Regular expressions whose matches are findings. */
    PATTERN,
    /** Words and phrases that are findings. */
    WORDS,
    /** Values that are no findings, whatever they look like. */
    EXEMPT;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException naming the words there are
     */
    public static Kind of(String word) {
      try {
        return valueOf(word.strip().toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("must be one of pattern, words, exempt", e);
      }
    }
  }

  /** A copy of the entries is kept. */
  public OutgoingRule {
    entries = List.copyOf(entries);
  }

  /**
   * Checks entries.
   *
   * @throws IllegalArgumentException saying what is wrong with them
   */
  public static void check(Kind kind, boolean ignoreCase, List<String> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("is empty");
    }
    switch (kind) {
      case PATTERN -> {
        if (entries.size() > MAX_PATTERNS) {
          throw new IllegalArgumentException("has more than " + MAX_PATTERNS + " expressions");
        }
        entries.forEach(entry -> pattern("", entry, ignoreCase));
      }
      case WORDS -> WordList.of("", entries);
      case EXEMPT -> {
        if (entries.size() > WordList.MAX_ENTRIES
            || entries.stream().anyMatch(one -> one.isBlank() || one.length() > MAX_VALUE)) {
          throw new IllegalArgumentException(
              "has more than %d values, or one that is empty or longer than %d characters"
                  .formatted(WordList.MAX_ENTRIES, MAX_VALUE));
        }
      }
    }
  }

  private static TextPattern pattern(String name, String entry, boolean ignoreCase) {
    try {
      return TextPattern.of(name, entry, ignoreCase);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "has the expression '" + entry + "', which " + e.getMessage(), e);
    }
  }

  /** The expressions of a rule of that kind, compiled. */
  List<TextPattern> patterns() {
    return entries.stream().map(entry -> pattern(name, entry, ignoreCase)).toList();
  }
}
