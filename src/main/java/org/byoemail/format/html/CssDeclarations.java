package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads declarations (CSS Syntax Level 3, section 5.4.4). As in a browser, what is invalid is
 * ignored, so that an earlier valid declaration stays.
 */
final class CssDeclarations {
  private static final int MAX_VALUE = 400;
  private static final int MAX_DECLARATIONS = 300;

  /** Values that every property has. */
  enum Wide {
    INHERIT,
    INITIAL,
    UNSET
  }

  /** The value of a length that is {@code auto}, {@code none} or {@code normal}. */
  static final String AUTO = "auto";

  private static final Set<String> DISPLAYS =
      Set.of(
          "none",
          "inline",
          "block",
          "inline-block",
          "list-item",
          "table",
          "inline-table",
          "table-row",
          "table-cell",
          "table-row-group",
          "table-header-group",
          "table-footer-group",
          "table-caption",
          "table-column",
          "table-column-group",
          "flex",
          "inline-flex",
          "grid",
          "inline-grid",
          "contents",
          "flow-root",
          "-webkit-box",
          "-webkit-inline-box",
          "-webkit-flex",
          "ruby",
          "ruby-base",
          "ruby-text",
          "math");

  private static final Set<String> SIZES =
      Set.of(
          "xx-small",
          "x-small",
          "small",
          "medium",
          "large",
          "x-large",
          "xx-large",
          "xxx-large",
          "smaller",
          "larger");

  private static final Pattern PICTURE =
      Pattern.compile("url\\(|gradient\\(|image-set\\(|image\\(|element\\(|cross-fade\\(");

  private static final Pattern SPLIT_WORDS = Pattern.compile("\\s+(?![^(]{0,300}\\))");

  private final boolean quirks;
  private final Map<String, String> variables;
  private final List<CssDeclaration> read = new ArrayList<>();

  private CssDeclarations(boolean quirks, Map<String, String> variables) {
    this.quirks = quirks;
    this.variables = variables;
  }

  /**
   * Reads the declarations of a rule or of a style attribute.
   *
   * @param variables the custom properties of the page
   */
  static List<CssDeclaration> read(String block, boolean quirks, Map<String, String> variables) {
    CssDeclarations declarations = new CssDeclarations(quirks, variables);
    CssScanner.declarations(block, MAX_DECLARATIONS, declarations::add);
    return declarations.read;
  }

  private void add(String name, String text) {
    String value = text;
    boolean important = false;
    int mark = value.lastIndexOf('!');
    if (mark >= 0 && value.substring(mark + 1).strip().equalsIgnoreCase("important")) {
      important = true;
      value = value.substring(0, mark).strip();
    }
    value = CssScanner.unescaped(Variables.resolved(value, variables)).strip();
    if (value.length() > MAX_VALUE) {
      value = value.startsWith("url(") || PICTURE.matcher(value).find() ? "url()" : "";
    }
    value = value.toLowerCase(Locale.ROOT);
    if (!value.isEmpty()) {
      declare(name, value, important);
    }
  }

  private void declare(String name, String value, boolean important) {
    switch (name) {
      case "display" -> put(CssProperty.DISPLAY, value, important, display(value));
      case "visibility" ->
          put(
              CssProperty.VISIBILITY,
              value,
              important,
              Set.of("visible", "hidden", "collapse").contains(value) ? value : null);
      case "opacity" -> put(CssProperty.OPACITY, value, important, fraction(value));
      case "font-size" -> put(CssProperty.FONT_SIZE, value, important, size(value));
      case "font" -> font(value, important);
      case "line-height" -> put(CssProperty.LINE_HEIGHT, value, important, lineHeight(value));
      case "color" -> put(CssProperty.COLOR, value, important, color(value));
      case "-webkit-text-fill-color" -> put(CssProperty.TEXT_FILL, value, important, color(value));
      case "text-shadow" -> put(CssProperty.TEXT_SHADOW, value, important, shadow(value));
      case "background-color" -> put(CssProperty.BACKGROUND_COLOR, value, important, color(value));
      case "background-image" ->
          put(CssProperty.BACKGROUND_IMAGE, value, important, PICTURE.matcher(value).find());
      case "background" -> background(value, important);
      case "background-clip", "-webkit-background-clip" ->
          put(CssProperty.BACKGROUND_CLIP, value, important, value.contains("text"));
      case "text-indent" -> put(CssProperty.TEXT_INDENT, value, important, length(value));
      case "position" -> put(CssProperty.POSITION, value, important, value);
      case "float" -> put(CssProperty.FLOAT, value, important, value);
      case "left" -> put(CssProperty.LEFT, value, important, length(value));
      case "right" -> put(CssProperty.RIGHT, value, important, length(value));
      case "top" -> put(CssProperty.TOP, value, important, length(value));
      case "bottom" -> put(CssProperty.BOTTOM, value, important, length(value));
      case "inset" ->
          sides(value, important, CssProperty.TOP, CssProperty.RIGHT, null, CssProperty.LEFT);
      case "margin" ->
          sides(value, important, CssProperty.MARGIN_TOP, null, null, CssProperty.MARGIN_LEFT);
      case "margin-left", "margin-inline-start" ->
          put(CssProperty.MARGIN_LEFT, value, important, length(value));
      case "margin-top" -> put(CssProperty.MARGIN_TOP, value, important, length(value));
      case "padding" ->
          sides(
              value, important, null, CssProperty.PADDING_RIGHT, CssProperty.PADDING_BOTTOM, null);
      case "padding-bottom" -> put(CssProperty.PADDING_BOTTOM, value, important, length(value));
      case "padding-right" -> put(CssProperty.PADDING_RIGHT, value, important, length(value));
      case "width", "inline-size" -> put(CssProperty.WIDTH, value, important, length(value));
      case "max-width", "max-inline-size" ->
          put(CssProperty.MAX_WIDTH, value, important, length(value));
      case "height", "block-size" -> put(CssProperty.HEIGHT, value, important, length(value));
      case "max-height", "max-block-size" ->
          put(CssProperty.MAX_HEIGHT, value, important, length(value));
      case "overflow", "overflow-x", "overflow-y" ->
          put(CssProperty.OVERFLOW, value, important, !value.startsWith("visible"));
      case "clip" -> put(CssProperty.CLIP, value, important, isEmptyClip(value));
      case "clip-path", "-webkit-clip-path" ->
          put(CssProperty.CLIP_PATH, value, important, isEmptyPath(value));
      case "transform", "-webkit-transform", "scale" ->
          put(
              CssProperty.TRANSFORM,
              value,
              important,
              CssTransforms.hides(value, name.equals("scale")));
      case "filter", "-webkit-filter" ->
          put(CssProperty.FILTER, value, important, CssTransforms.filterOpacity(value));
      case "content-visibility" ->
          put(CssProperty.CONTENT_VISIBILITY, value, important, value.equals("hidden"));
      default -> {}
    }
  }

  private void put(CssProperty property, String value, boolean important, @Nullable Object parsed) {
    Object wide =
        switch (value) {
          case "inherit" -> Wide.INHERIT;
          case "initial" -> Wide.INITIAL;
          case "unset", "revert", "revert-layer" -> Wide.UNSET;
          default -> parsed;
        };
    if (wide != null) {
      read.add(new CssDeclaration(property, wide, important));
    }
  }

  private static @Nullable String display(String value) {
    String word =
        switch (value) {
          case "block flow", "block flow-root" -> "block";
          case "inline flow" -> "inline";
          default -> value;
        };
    return DISPLAYS.contains(word) ? word : null;
  }

  private static @Nullable Double fraction(String value) {
    boolean percent = value.endsWith("%");
    Double number = CssLength.number(percent ? value.substring(0, value.length() - 1) : value);
    return number == null ? null : Math.max(0, Math.min(1, percent ? number / 100 : number));
  }

  private @Nullable Object size(String value) {
    if (SIZES.contains(value)) {
      return value;
    }
    CssLength length = CssLength.parse(value, quirks);
    return length == null || length.value() < 0 ? null : length;
  }

  private @Nullable Object length(String value) {
    return switch (value) {
      case "auto", "none", "normal", "fit-content", "max-content", "min-content" -> AUTO;
      default -> CssLength.parse(value, quirks);
    };
  }

  private @Nullable Object lineHeight(String value) {
    if (value.equals("normal")) {
      return AUTO;
    }
    Double factor = CssLength.number(value);
    return factor != null
        ? new CssLength(factor, CssLength.Unit.EM)
        : CssLength.parse(value, false);
  }

  private static @Nullable Object color(String value) {
    return value.equals("currentcolor") ? Wide.UNSET : CssColor.parse(value);
  }

  /**
   * The first colour in the value; true if it is the colour of the text, false if it is not a
   * colour.
   */
  private static Object shadow(String value) {
    if (value.equals("none")) {
      return false;
    }
    for (String word : SPLIT_WORDS.split(value)) {
      CssColor color = CssColor.parse(word.replaceFirst(",$", ""));
      if (color != null) {
        return color;
      }
    }
    return true;
  }

  private void background(String value, boolean important) {
    Object color = CssColor.TRANSPARENT;
    for (String word : SPLIT_WORDS.split(value)) {
      CssColor found = CssColor.parse(word.replaceFirst(",$", ""));
      color = found == null ? color : found;
    }
    put(CssProperty.BACKGROUND_COLOR, value, important, color);
    put(CssProperty.BACKGROUND_IMAGE, value, important, PICTURE.matcher(value).find());
    put(CssProperty.BACKGROUND_CLIP, value, important, value.matches(".*\\btext\\b.*"));
  }

  /** {@code font: [style weight] size[/line-height] family}. */
  private void font(String value, boolean important) {
    for (String word : SPLIT_WORDS.split(value)) {
      int slash = word.indexOf('/');
      Object size = size(slash < 0 ? word : word.substring(0, slash));
      if (size != null && !isWeight(word)) {
        put(CssProperty.FONT_SIZE, value, important, size);
        put(
            CssProperty.LINE_HEIGHT,
            value,
            important,
            slash < 0 ? AUTO : lineHeight(word.substring(slash + 1)));
        return;
      }
    }
    put(CssProperty.FONT_SIZE, value, important, null);
  }

  private static boolean isWeight(String word) {
    return word.matches("[1-9]00");
  }

  private void sides(
      String value,
      boolean important,
      @Nullable CssProperty top,
      @Nullable CssProperty right,
      @Nullable CssProperty bottom,
      @Nullable CssProperty left) {
    String[] words = SPLIT_WORDS.split(value);
    int count = words.length;
    if (count > 4) {
      return;
    }
    CssProperty[] properties = {top, right, bottom, left};
    int[] places = {0, count > 1 ? 1 : 0, count > 2 ? 2 : 0, count > 3 ? 3 : count > 1 ? 1 : 0};
    for (int i = 0; i < 4; i++) {
      if (properties[i] != null) {
        put(properties[i], words[places[i]], important, length(words[places[i]]));
      }
    }
  }

  private static final Pattern RECT =
      Pattern.compile(
          "rect\\(\\s*([^\\s,)]+)[\\s,]+([^\\s,)]+)[\\s,]+([^\\s,)]+)[\\s,]+([^\\s,)]+)\\s*\\)");

  /** Whether {@code clip} leaves no more than a pixel. */
  private @Nullable Boolean isEmptyClip(String value) {
    Matcher rect = RECT.matcher(value);
    if (!rect.matches()) {
      return value.equals(AUTO) ? false : null;
    }
    double[] edges = new double[4];
    for (int i = 0; i < 4; i++) {
      CssLength edge = CssLength.parse(rect.group(i + 1), quirks);
      if (edge == null) {
        edges[i] = i == 1 || i == 2 ? 10_000 : 0;
      } else {
        edges[i] = edge.pixels(16, 0, Viewport.WIDE);
      }
    }
    return edges[2] - edges[0] <= 1 || edges[1] - edges[3] <= 1;
  }

  private static final Pattern INSET = Pattern.compile("inset\\(([^)]*)\\)");
  private static final Pattern ROUND =
      Pattern.compile("(?:circle|ellipse)\\(\\s*0(?:px|%)?(?:\\s.*)?\\)");

  private static Boolean isEmptyPath(String value) {
    if (ROUND.matcher(value).matches()) {
      return true;
    }
    Matcher inset = INSET.matcher(value);
    if (!inset.matches()) {
      return value.matches("polygon\\(\\s*(?:0(?:px|%)?[\\s,]*)+\\)");
    }
    String[] words = inset.group(1).strip().split("\\s+(?:round.*)?");
    double[] sides = new double[4];
    for (int i = 0; i < 4; i++) {
      String word = words[Math.min(i, words.length - 1)];
      if (i == 3 && words.length < 4) {
        word = words[Math.min(1, words.length - 1)];
      } else if (i == 2 && words.length < 3) {
        word = words[0];
      }
      CssLength side = CssLength.parse(word, false);
      sides[i] = side != null && side.isPercent() ? side.value() : 0;
    }
    return sides[0] + sides[2] >= 100 || sides[1] + sides[3] >= 100;
  }
}
