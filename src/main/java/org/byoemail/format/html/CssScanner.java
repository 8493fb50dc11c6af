package org.byoemail.format.html;

import java.util.Locale;
import java.util.function.BiConsumer;

/** Scans CSS in one pass: strings, brackets, comments and escapes (CSS Syntax Level 3). */
final class CssScanner {
  private static final int MAX_NESTING = 64;

  private CssScanner() {}

  /**
   * The index of the first of these characters outside of strings and brackets; the end of the text
   * if absent.
   */
  static int end(String css, int from, String stops) {
    char[] open = new char[MAX_NESTING];
    int depth = 0;
    for (int i = from; i < css.length(); i++) {
      char c = css.charAt(i);
      if (depth == 0 && stops.indexOf(c) >= 0) {
        return i;
      }
      switch (c) {
        case '\\' -> i++;
        case '"', '\'' -> i = stringEnd(css, i);
        case '(', '[', '{' -> {
          if (depth == MAX_NESTING) {
            return css.length();
          }
          open[depth++] = c == '(' ? ')' : c == '[' ? ']' : '}';
        }
        case ')', ']', '}' -> {
          if (depth > 0 && open[depth - 1] == c) {
            depth--;
          }
        }
        default -> {}
      }
    }
    return css.length();
  }

  /** The index of the closing quote, or of the end of the line if that comes first. */
  private static int stringEnd(String css, int from) {
    char quote = css.charAt(from);
    for (int i = from + 1; i < css.length(); i++) {
      char c = css.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote || c == '\n') {
        return i;
      }
    }
    return css.length();
  }

  /** The CSS without comments and without HTML comment delimiters. */
  static String withoutComments(String css) {
    if (!css.contains("/*") && !css.contains("<!--") && !css.contains("-->")) {
      return css;
    }
    StringBuilder out = new StringBuilder(css.length());
    for (int i = 0; i < css.length(); i++) {
      char c = css.charAt(i);
      if (c == '"' || c == '\'') {
        int end = Math.min(stringEnd(css, i), css.length() - 1);
        out.append(css, i, end + 1);
        i = end;
      } else if (css.startsWith("/*", i)) {
        int end = css.indexOf("*/", i + 2);
        i = end < 0 ? css.length() : end + 1;
        out.append(' ');
      } else if (css.startsWith("<!--", i)) {
        i += 3;
      } else if (css.startsWith("-->", i)) {
        i += 2;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Passes on name and value of each declaration; the name in lower case. */
  static void declarations(String block, int limit, BiConsumer<String, String> to) {
    int at = 0;
    for (int i = 0; i < limit && at < block.length(); i++) {
      int end = end(block, at, ";");
      int colon = block.indexOf(':', at);
      if (colon >= 0 && colon < end) {
        String name = unescaped(block.substring(at, colon)).strip();
        String value = block.substring(colon + 1, end).strip();
        to.accept(name.startsWith("--") ? name : name.toLowerCase(Locale.ROOT), value);
      }
      at = end + 1;
    }
  }

  /** Replaces each escape by its character (CSS Syntax Level 3, section 4.3.7). */
  static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        out.append(c);
        continue;
      }
      int end = i + 1;
      while (end < text.length() && end < i + 7 && isHex(text.charAt(end))) {
        end++;
      }
      if (end == i + 1) {
        out.append(text.charAt(end));
        i = end;
      } else {
        int code = Integer.parseInt(text, i + 1, end, 16);
        out.appendCodePoint(Character.isValidCodePoint(code) && code > 0 ? code : 0xFFFD);
        i = end < text.length() && Character.isWhitespace(text.charAt(end)) ? end : end - 1;
      }
    }
    return out.toString();
  }

  static boolean isHex(char c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }
}
