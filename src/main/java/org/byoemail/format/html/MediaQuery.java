package org.byoemail.format.html;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The viewports that a list of media queries matches (Media Queries Level 4). The page is on a
 * screen with a light colour scheme; a query for an unknown feature matches no viewport.
 */
final class MediaQuery {
  private static final int MAX_LENGTH = 1_000;

  /** {@code 400px <= width}, and the reverse. */
  private static final Pattern RANGE =
      Pattern.compile(
          "(?:([^<>=]{1,40})([<>]=?))?\\s*(width|height)\\s*(?:([<>]=?|=)([^<>=]{1,40}))?");

  private MediaQuery() {}

  /** The bits of the viewports. */
  static int viewports(String list) {
    String text = list.strip().toLowerCase(Locale.ROOT);
    if (text.isEmpty()) {
      return Viewport.ALL;
    }
    int bits = 0;
    if (text.length() <= MAX_LENGTH) {
      for (String query : text.split(",")) {
        for (Viewport viewport : Viewport.values()) {
          bits |= matches(query.strip(), viewport) ? viewport.bit() : 0;
        }
      }
    }
    return bits;
  }

  private static boolean matches(String query, Viewport viewport) {
    boolean negated = query.startsWith("not ") || query.startsWith("not(");
    String rest = negated ? query.substring(3).strip() : query;
    Boolean met = allOf(rest, viewport);
    return met != null && met != negated;
  }

  /** Null if a part is unknown. */
  private static @Nullable Boolean allOf(String query, Viewport viewport) {
    boolean all = true;
    for (String part : query.split("\\band\\b|(?<=\\))(?=\\()")) {
      String word = part.strip().replaceFirst("^only\\s+", "");
      Boolean met = word.startsWith("(") ? feature(word, viewport) : type(word);
      if (met == null) {
        return null;
      }
      all &= met;
    }
    return all;
  }

  private static @Nullable Boolean type(String word) {
    return switch (word) {
      case "all", "screen" -> true;
      case "print", "speech", "tv", "handheld", "projection", "tty", "aural", "braille" -> false;
      default -> null;
    };
  }

  private static @Nullable Boolean feature(String word, Viewport viewport) {
    if (!word.endsWith(")") || word.startsWith("((") || word.contains(" or ")) {
      return null;
    }
    String inner = word.substring(1, word.length() - 1).strip();
    int colon = inner.indexOf(':');
    if (colon < 0) {
      return range(inner, viewport);
    }
    String value = inner.substring(colon + 1).strip();
    return switch (inner.substring(0, colon).strip()) {
      case "min-width", "min-device-width" -> compare(viewport.width(), ">=", value);
      case "max-width", "max-device-width" -> compare(viewport.width(), "<=", value);
      case "width", "device-width" -> compare(viewport.width(), "=", value);
      case "min-height", "min-device-height" -> compare(viewport.height(), ">=", value);
      case "max-height", "max-device-height" -> compare(viewport.height(), "<=", value);
      case "orientation" ->
          value.equals(viewport.width() > viewport.height() ? "landscape" : "portrait");
      case "prefers-color-scheme" -> value.equals("light");
      case "prefers-reduced-motion", "prefers-contrast", "prefers-reduced-transparency" ->
          value.equals("no-preference");
      case "-webkit-min-device-pixel-ratio", "min-resolution" -> isAtMostOne(value);
      case "hover", "any-hover" -> value.equals("hover");
      case "pointer", "any-pointer" -> value.equals("fine");
      case "forced-colors", "inverted-colors" -> value.equals("none");
      case "scripting" -> value.equals("none");
      case "min-color" -> true;
      default -> null;
    };
  }

  private static @Nullable Boolean isAtMostOne(String value) {
    Double number = CssLength.number(value.replaceFirst("(?:dppx|x|dpi)$", ""));
    return number == null ? null : number <= (value.endsWith("dpi") ? 96 : 1);
  }

  private static @Nullable Boolean range(String inner, Viewport viewport) {
    if (inner.equals("width") || inner.equals("height") || inner.equals("color")) {
      return true;
    }
    Matcher range = RANGE.matcher(inner);
    if (!range.matches()) {
      return null;
    }
    int size = range.group(3).equals("width") ? viewport.width() : viewport.height();
    Boolean left =
        range.group(1) == null
            ? Boolean.TRUE
            : compare(size, turned(range.group(2)), range.group(1));
    Boolean right =
        range.group(4) == null ? Boolean.TRUE : compare(size, range.group(4), range.group(5));
    return left == null || right == null ? null : left && right;
  }

  private static String turned(String operator) {
    return (operator.charAt(0) == '<' ? ">" : "<") + operator.substring(1);
  }

  private static @Nullable Boolean compare(int size, String operator, String value) {
    CssLength length = CssLength.parse(value, false);
    if (length == null || length.isPercent()) {
      return null;
    }
    double limit = length.pixels(16, 0, Viewport.WIDE);
    return switch (operator) {
      case "<" -> size < limit;
      case "<=" -> size <= limit;
      case ">" -> size > limit;
      case ">=" -> size >= limit;
      default -> size == limit;
    };
  }
}
