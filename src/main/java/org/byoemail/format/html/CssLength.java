package org.byoemail.format.html;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A length of CSS (CSS Values Level 4, section 6).
 *
 * @param value in its unit
 * @param unit pixels, or what it is relative to
 */
record CssLength(double value, Unit unit) {
  static final CssLength ZERO = new CssLength(0, Unit.PX);

  enum Unit {
    PX,
    EM,
    REM,
    PERCENT,
    VW,
    VH
  }

  /** The length in pixels; a percentage refers to {@code whole}. */
  double pixels(double em, double whole, Viewport viewport) {
    return switch (unit) {
      case PX -> value;
      case EM -> value * em;
      case REM -> value * 16;
      case PERCENT -> value / 100 * whole;
      case VW -> value / 100 * viewport.width();
      case VH -> value / 100 * viewport.height();
    };
  }

  /** Whether it is relative to something unknown here. */
  boolean isPercent() {
    return unit == Unit.PERCENT;
  }

  /**
   * Reads a length.
   *
   * @param unitless whether a number without a unit is one, as in quirks mode and in attributes
   * @return null if it is none
   */
  static @Nullable CssLength parse(String text, boolean unitless) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.startsWith("calc(") && word.endsWith(")")) {
      return sum(word.substring(5, word.length() - 1), unitless);
    }
    int end = 0;
    while (end < word.length() && isNumeric(word, end)) {
      end++;
    }
    Double number = number(word.substring(0, end));
    return number == null ? null : of(number, word.substring(end), unitless);
  }

  private static boolean isNumeric(String word, int at) {
    char c = word.charAt(at);
    return Character.digit(c, 10) >= 0 && c < 128
        || c == '.'
        || (c == '-' || c == '+') && (at == 0 || word.charAt(at - 1) == 'e')
        || c == 'e'
            && at > 0
            && at + 1 < word.length()
            && (Character.isDigit(word.charAt(at + 1)) || word.charAt(at + 1) == '-');
  }

  /** A number of CSS; null if it is none. */
  static @Nullable Double number(String text) {
    if (text.isEmpty() || text.length() > 30 || text.endsWith(".")) {
      return null;
    }
    try {
      double read = Double.parseDouble(text);
      return Double.isFinite(read) && text.chars().allMatch(CssLength::isPartOfNumber)
          ? read
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean isPartOfNumber(int c) {
    return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e';
  }

  private static @Nullable CssLength of(double number, String unit, boolean unitless) {
    return switch (unit) {
      case "" -> number == 0 || unitless ? new CssLength(number, Unit.PX) : null;
      case "px" -> new CssLength(number, Unit.PX);
      case "pt" -> new CssLength(number * 4 / 3, Unit.PX);
      case "pc" -> new CssLength(number * 16, Unit.PX);
      case "in" -> new CssLength(number * 96, Unit.PX);
      case "cm" -> new CssLength(number * 96 / 2.54, Unit.PX);
      case "mm" -> new CssLength(number * 96 / 25.4, Unit.PX);
      case "q" -> new CssLength(number * 96 / 101.6, Unit.PX);
      case "em" -> new CssLength(number, Unit.EM);
      case "rem" -> new CssLength(number, Unit.REM);
      case "ex", "ch" -> new CssLength(number / 2, Unit.EM);
      case "%" -> new CssLength(number, Unit.PERCENT);
      case "vw", "svw", "lvw", "dvw", "vi" -> new CssLength(number, Unit.VW);
      case "vh", "svh", "lvh", "dvh", "vb" -> new CssLength(number, Unit.VH);
      default -> null;
    };
  }

  /**
   * Evaluates a sum of lengths of one unit and of products with numbers; other forms are unknown.
   */
  private static @Nullable CssLength sum(String text, boolean unitless) {
    double total = 0;
    Unit unit = null;
    double sign = 1;
    for (String word : text.strip().split("\\s+", 20)) {
      if (word.equals("+") || word.equals("-")) {
        sign = word.equals("+") ? 1 : -1;
        continue;
      }
      CssLength part = product(word, unitless);
      if (part == null || unit != null && part.unit != unit && part.value != 0) {
        return null;
      }
      unit = unit == null ? part.unit : unit;
      total += sign * part.value;
    }
    return unit == null ? null : new CssLength(total, unit);
  }

  private static @Nullable CssLength product(String text, boolean unitless) {
    int star = text.indexOf('*');
    if (star < 0) {
      return text.startsWith("calc(") ? null : parse(text, unitless);
    }
    Double left = number(text.substring(0, star));
    Double right = number(text.substring(star + 1));
    CssLength length =
        parse(left == null ? text.substring(0, star) : text.substring(star + 1), true);
    Double factor = left == null ? right : left;
    return length == null || factor == null
        ? null
        : new CssLength(length.value * factor, length.unit);
  }
}
