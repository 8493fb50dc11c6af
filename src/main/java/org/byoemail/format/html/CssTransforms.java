package org.byoemail.format.html;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Transforms and filters that make a box invisible. */
final class CssTransforms {
  /** A usual box moved further than this to the left or up is outside of the window. */
  private static final double FAR = 1_100;

  private static final Pattern FUNCTION = Pattern.compile("([a-z0-9]{1,20})\\(([^()]{0,200})\\)");

  private CssTransforms() {}

  static boolean hides(String value, boolean scaleOnly) {
    if (scaleOnly) {
      return value.matches("0(?:\\.0{1,9})?(?: .*)?|.* 0(?:\\.0{1,9})?");
    }
    Matcher functions = FUNCTION.matcher(value);
    while (functions.find()) {
      if (hides(functions.group(1), functions.group(2).split("[\\s,]+"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hides(String name, String[] words) {
    String first = words[0];
    return switch (name) {
      case "scale", "scale3d" -> isSmall(first) || words.length > 1 && isSmall(words[1]);
      case "scalex", "scaley" -> isSmall(first);
      case "rotatex", "rotatey" -> first.matches("-?(?:90|270)deg");
      case "translate", "translate3d" -> isFar(first) || words.length > 1 && isFarUp(words[1]);
      case "translatex" -> isFar(first);
      case "translatey" -> isFarUp(first);
      case "matrix" ->
          words.length == 6 && (isSmall(first) && isSmall(words[1]) || isFar(words[4] + "px"));
      default -> false;
    };
  }

  private static boolean isSmall(String word) {
    boolean percent = word.endsWith("%");
    Double number = CssLength.number(percent ? word.substring(0, word.length() - 1) : word);
    return number != null && Math.abs(percent ? number / 100 : number) < 0.1;
  }

  private static boolean isFar(String word) {
    CssLength length = CssLength.parse(word, false);
    double distance = length == null ? 0 : length.pixels(16, 1024, Viewport.WIDE);
    return distance <= -FAR || distance >= 2 * FAR;
  }

  private static boolean isFarUp(String word) {
    CssLength length = CssLength.parse(word, false);
    return length != null && length.pixels(16, 0, Viewport.WIDE) <= -3 * FAR;
  }

  private static final Pattern OPACITY = Pattern.compile("opacity\\(\\s*([0-9.]{1,10}%?)\\s*\\)");

  /** The opacity that a filter leaves, 0 to 1. */
  static double filterOpacity(String value) {
    Matcher opacity = OPACITY.matcher(value);
    double left = 1;
    while (opacity.find()) {
      String word = opacity.group(1);
      boolean percent = word.endsWith("%");
      Double number = CssLength.number(percent ? word.substring(0, word.length() - 1) : word);
      left *= number == null ? 1 : Math.min(1, percent ? number / 100 : number);
    }
    return left;
  }
}
