package org.byoemail.format.html;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A colour of CSS (CSS Color Level 4), in sRGB.
 *
 * @param red 0 to 255, as are the others
 * @param alpha 0 (transparent) to 1
 */
record CssColor(double red, double green, double blue, double alpha) {
  static final CssColor BLACK = new CssColor(0, 0, 0, 1);
  static final CssColor WHITE = new CssColor(255, 255, 255, 1);
  static final CssColor TRANSPARENT = new CssColor(0, 0, 0, 0);

  private static final Map<String, CssColor> NAMED = named();

  private static Map<String, CssColor> named() {
    try (InputStream in =
            Objects.requireNonNull(CssColor.class.getResourceAsStream("/html/colors.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .collect(Collectors.toUnmodifiableMap(word -> word[0], word -> ofDigits(word[1])));
    } catch (IOException e) {
      throw new UncheckedIOException("the colours cannot be read", e);
    }
  }

  /** This colour on top of an opaque one. */
  CssColor over(CssColor below) {
    return alpha >= 1
        ? this
        : new CssColor(
            red * alpha + below.red * (1 - alpha),
            green * alpha + below.green * (1 - alpha),
            blue * alpha + below.blue * (1 - alpha),
            1);
  }

  /** The largest difference of a channel from another opaque colour, 0 to 255. */
  double distance(CssColor other) {
    return Math.max(
        Math.abs(red - other.red),
        Math.max(Math.abs(green - other.green), Math.abs(blue - other.blue)));
  }

  /** Reads a colour; null if it is invalid or of an unsupported form. */
  static @Nullable CssColor parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.startsWith("#")) {
      return isHex(word) ? ofDigits(word.substring(1)) : null;
    }
    int bracket = word.indexOf('(');
    if (bracket > 0 && word.length() <= 100) {
      return function(word.substring(0, bracket), word.substring(bracket + 1));
    }
    return word.equals("transparent") ? TRANSPARENT : NAMED.get(word);
  }

  private static boolean isHex(String word) {
    int digits = word.length() - 1;
    return (digits == 3 || digits == 4 || digits == 6 || digits == 8)
        && word.chars().skip(1).allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
  }

  private static CssColor ofDigits(String digits) {
    boolean isShort = digits.length() < 6;
    double[] channels = {0, 0, 0, 255};
    for (int i = 0; i < digits.length() / (isShort ? 1 : 2); i++) {
      channels[i] =
          isShort
              ? 17 * Character.digit(digits.charAt(i), 16)
              : Integer.parseInt(digits, 2 * i, 2 * i + 2, 16);
    }
    return new CssColor(channels[0], channels[1], channels[2], channels[3] / 255);
  }

  private static @Nullable CssColor function(String name, String rest) {
    if (!rest.endsWith(")")) {
      return null;
    }
    List<String> words = new ArrayList<>();
    for (String word : rest.substring(0, rest.length() - 1).split("[\\s,/]+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    if (words.size() < 3 || words.size() > 4) {
      return null;
    }
    Double alpha = words.size() == 3 ? Double.valueOf(1) : part(words.get(3), 1);
    if (alpha == null) {
      return null;
    }
    return switch (name) {
      case "rgb", "rgba" -> rgb(words, clamp(alpha));
      case "hsl", "hsla" -> hsl(words, clamp(alpha));
      default -> null;
    };
  }

  private static @Nullable CssColor rgb(List<String> words, double alpha) {
    Double red = part(words.get(0), 255);
    Double green = part(words.get(1), 255);
    Double blue = part(words.get(2), 255);
    return red == null || green == null || blue == null
        ? null
        : new CssColor(
            255 * clamp(red / 255), 255 * clamp(green / 255), 255 * clamp(blue / 255), alpha);
  }

  private static @Nullable CssColor hsl(List<String> words, double alpha) {
    Double hue = CssLength.number(words.get(0).replaceFirst("deg$", ""));
    Double saturation = part(words.get(1).replace("%", ""), 100);
    Double lightness = part(words.get(2).replace("%", ""), 100);
    if (hue == null || saturation == null || lightness == null) {
      return null;
    }
    double s = clamp(saturation / 100);
    double l = clamp(lightness / 100);
    return new CssColor(channel(0, hue, s, l), channel(8, hue, s, l), channel(4, hue, s, l), alpha);
  }

  /** CSS Color Level 4, section 7.1. */
  private static double channel(int n, double hue, double s, double l) {
    double k = ((n + hue / 30) % 12 + 12) % 12;
    return 255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(Math.min(k - 3, 9 - k), 1)));
  }

  private static double clamp(double value) {
    return Math.max(0, Math.min(1, value));
  }

  /** A number, or a percentage of the whole. */
  private static @Nullable Double part(String word, double whole) {
    boolean percent = word.endsWith("%");
    Double number = CssLength.number(percent ? word.substring(0, word.length() - 1) : word);
    return number == null ? null : percent ? Double.valueOf(number / 100 * whole) : number;
  }

  /**
   * Reads a legacy colour value of an HTML attribute (HTML, 2.4.6), which accepts almost anything.
   */
  static @Nullable CssColor legacy(String text) {
    String word = text.strip();
    if (word.isEmpty() || word.equalsIgnoreCase("transparent")) {
      return null;
    }
    CssColor known =
        word.length() == 4 && word.startsWith("#") || !word.startsWith("#") ? named(word) : null;
    if (known != null) {
      return known;
    }
    String digits = word.substring(word.startsWith("#") ? 1 : 0);
    StringBuilder hex = new StringBuilder(digits.substring(0, Math.min(digits.length(), 128)));
    for (int i = 0; i < hex.length(); i++) {
      if (hex.charAt(i) > 127 || Character.digit(hex.charAt(i), 16) < 0) {
        hex.setCharAt(i, '0');
      }
    }
    while (hex.isEmpty() || hex.length() % 3 != 0) {
      hex.append('0');
    }
    int size = hex.length() / 3;
    int skipped = Math.max(0, size - 8);
    int shown = Math.min(size, 8);
    while (shown > 2 && isZero(hex, skipped, size)) {
      skipped++;
      shown--;
    }
    double[] channels = new double[3];
    for (int i = 0; i < 3; i++) {
      int start = i * size + skipped;
      channels[i] = Integer.parseInt(hex, start, start + Math.min(shown, 2), 16);
    }
    return new CssColor(channels[0], channels[1], channels[2], 1);
  }

  private static @Nullable CssColor named(String word) {
    CssColor read = parse(word);
    return word.indexOf('(') >= 0 ? null : read;
  }

  private static boolean isZero(StringBuilder hex, int at, int size) {
    return hex.charAt(at) == '0'
        && hex.charAt(size + at) == '0'
        && hex.charAt(2 * size + at) == '0';
  }
}
