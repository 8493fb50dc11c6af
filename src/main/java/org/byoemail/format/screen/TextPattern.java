package org.byoemail.format.screen;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A regular expression of an operator, matched in time that is linear in the text: it has no
 * backreferences and no lookaround (the syntax of RE2). Safe for use by many threads.
 */
public final class TextPattern {
  /** The longest expression, in characters. */
  public static final int MAX_LENGTH = 500;

  /** The largest compiled expression, in instructions; a repeat counts as often as it may match. */
  public static final int MAX_SIZE = 500;

  private final String name;
  private final Pattern pattern;

  private TextPattern(String name, Pattern pattern) {
    this.name = name;
    this.pattern = pattern;
  }

  /**
   * Compiles an expression.
   *
   * @param name the name that findings carry
   * @throws IllegalArgumentException if it is invalid, too large or matches the empty text; the
   *     message says what is wrong, as a continuation of the field's name
   */
  public static TextPattern of(String name, String expression, boolean ignoreCase) {
    if (expression.isBlank()) {
      throw new IllegalArgumentException("is empty");
    }
    if (expression.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
    }
    // Before it is compiled: nested repeats multiply, and the compiled form of 30 characters may
    // need gigabytes.
    if (size(expression) > MAX_SIZE) {
      throw tooLarge();
    }
    Pattern pattern;
    try {
      pattern =
          Pattern.compile(
              expression,
              ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.MULTILINE : Pattern.MULTILINE);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "is no valid expression of RE2, which has no backreferences and no lookaround: "
              + e.getDescription(),
          e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("is nested too deeply", e);
    }
    if (pattern.programSize() > MAX_SIZE) {
      throw tooLarge();
    }
    if (pattern.matcher("").find()) {
      throw new IllegalArgumentException("matches the empty text, and so every mail");
    }
    return new TextPattern(name, pattern);
  }

  private static IllegalArgumentException tooLarge() {
    return new IllegalArgumentException(
        "is too large when compiled (%d instructions are allowed): use fewer or smaller repeats"
            .formatted(MAX_SIZE));
  }

  /** The name that findings carry. */
  public String name() {
    return name;
  }

  /** The number of instructions: time is proportional to it and to the text's length. */
  public int size() {
    return pattern.programSize();
  }

  Matcher matcher(String text) {
    return pattern.matcher(text);
  }

  /**
   * At least as many atoms as the expression has when its repeats are written out, or more than
   * allowed as soon as that is certain.
   */
  private static long size(String expression) {
    Deque<Long> outer = new ArrayDeque<>();
    long sum = 0;
    long last = 0;
    int i = 0;
    while (i < expression.length()) {
      char c = expression.charAt(i);
      if (c == '(') {
        outer.push(sum);
        sum = 0;
        last = 0;
      } else if (c == ')') {
        last = sum;
        sum += outer.isEmpty() ? 0 : outer.pop();
      } else if (c == '{' && repeats(expression, i) > 0) {
        sum += last * (repeats(expression, i) - 1);
        last *= repeats(expression, i);
        i = expression.indexOf('}', i);
      } else if (c != '*' && c != '+' && c != '?' && c != '|') {
        i = atomEnd(expression, i);
        last = 1;
        sum++;
      }
      if (sum > MAX_SIZE || last > MAX_SIZE) {
        return MAX_SIZE + 1L;
      }
      i++;
    }
    return sum;
  }

  /** The last character of an escape, a class or a single character. */
  private static int atomEnd(String expression, int at) {
    if (expression.charAt(at) == '\\') {
      return Math.min(at + 1, expression.length() - 1);
    }
    if (expression.charAt(at) != '[') {
      return at;
    }
    int i = at + 1;
    if (i < expression.length() && expression.charAt(i) == '^') {
      i++;
    }
    for (int first = i; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[' && expression.startsWith("[:", i) && expression.indexOf(":]", i) > 0) {
        i = expression.indexOf(":]", i) + 1;
      } else if (c == ']' && i > first) {
        return i;
      }
    }
    return expression.length() - 1;
  }

  /**
   * How often <code>{n}</code>, <code>{n,}</code> or <code>{n,m}</code> may match; 0 if it is text.
   */
  private static int repeats(String expression, int at) {
    int end = expression.indexOf('}', at);
    if (end < 0 || end - at > 12) {
      return 0;
    }
    String[] counts = expression.substring(at + 1, end).split(",", -1);
    int most = 0;
    for (String count : counts) {
      if (counts.length > 2 || !count.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return 0;
      }
      most =
          count.isEmpty()
              ? most + 1
              : Math.max(most, Integer.parseInt(count.substring(0, Math.min(count.length(), 8))));
    }
    return Math.max(1, most);
  }
}
