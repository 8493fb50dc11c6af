package org.byoemail.format.screen;

import java.util.Locale;
import java.util.function.Predicate;

/**
 * A well-known format of keys or tokens: a fixed start, and characters of an alphabet after it.
 *
 * @param name what it is called in findings
 * @param min the fewest characters after the prefix
 * @param max the most; a longer run is something else
 * @param valid judges the characters after the prefix, such as by their checksum
 */
record TokenFormat(
    String name, String prefix, Alphabet alphabet, int min, int max, Predicate<String> valid) {

  /** The characters a token consists of. */
  enum Alphabet {
    HEX("0123456789abcdefABCDEF"),
    BASE32("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    BASE62(""),
    /** Base62 with the characters of base64url. */
    URL("-_"),
    /** Base64url with the dots between parts. */
    DOTTED("-_."),
    BASE64("+/=");

    private final boolean[] has = new boolean[128];

    Alphabet(String more) {
      boolean whole = more.length() > 10;
      for (char c = '0'; c <= 'z'; c++) {
        has[c] = !whole && isBase62(c);
      }
      for (char c : more.toCharArray()) {
        has[c] = true;
      }
    }

    boolean has(char c) {
      return c < 128 && has[c];
    }
  }

  static TokenFormat of(String name, String prefix, Alphabet alphabet, int length) {
    return of(name, prefix, alphabet, length, length);
  }

  static TokenFormat of(String name, String prefix, Alphabet alphabet, int min, int max) {
    return new TokenFormat(name, prefix, alphabet, min, max, token -> true);
  }

  TokenFormat that(Predicate<String> valid) {
    return new TokenFormat(name, prefix, alphabet, min, max, valid);
  }

  /**
   * Where the token ends that begins at a place; -1 if there is no such token.
   *
   * @param at where the prefix begins
   */
  int end(String text, int at) {
    if (at > 0 && isBound(text.charAt(at - 1))) {
      return -1;
    }
    int start = at + prefix.length();
    int end = start;
    while (end < text.length() && end - start <= max && alphabet.has(text.charAt(end))) {
      end++;
    }
    while (end > start && ".-_=".indexOf(text.charAt(end - 1)) >= 0 && end - start > min) {
      end--; // The end of a sentence.
    }
    int length = end - start;
    if (length < min || length > max) {
      return -1;
    }
    String token = text.substring(start, end);
    return isRandom(token) && valid.test(token) ? end : -1;
  }

  /** Whether a character before the prefix makes it a part of something else. */
  private boolean isBound(char before) {
    return isBase62(before)
        || before == '_'
        || before == '-'
        || before == '+'
        || before == '.' && alphabet == Alphabet.DOTTED;
  }

  static boolean isBase62(char c) {
    return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
  }

  /** Whether it may be a key, and not what documentation writes in its place. */
  static boolean isRandom(String token) {
    String lower = token.toLowerCase(Locale.ROOT);
    for (String word : new String[] {"example", "xxxx", "your", "placeholder", "redacted"}) {
      if (lower.contains(word)) {
        return false;
      }
    }
    int equal = 1;
    int rising = 1;
    for (int i = 1; i < lower.length(); i++) {
      int step = lower.charAt(i) - lower.charAt(i - 1);
      equal = step == 0 ? equal + 1 : 1;
      rising = step == 1 ? rising + 1 : 1;
      if (equal >= 6 || rising >= 8) {
        return false;
      }
    }
    return lower.chars().distinct().count() >= Math.min(8, lower.length() / 2);
  }
}
