package org.byoemail.format.html;

import java.util.Set;
import java.util.function.BooleanSupplier;
import org.byoemail.format.html.HiddenText.Source;
import org.jspecify.annotations.Nullable;

/**
 * The computed style of an element, as far as it decides whether text is visible. Shared by
 * elements that change nothing.
 */
final class ComputedStyle {
  /** The font size, in pixels, below which letters are dots at best. */
  private static final double LEAST_FONT_SIZE = 3;

  /** Chromium's minimum for relative font sizes, in pixels. */
  private static final double LEAST_RELATIVE_SIZE = 6;

  /** How much a colour must differ from its background to be visible, of 255. */
  private static final double LEAST_DISTANCE = 16;

  private static final double LEAST_OPACITY = LEAST_DISTANCE / 255;

  /** A box of at most this size, in pixels, shows no text. */
  private static final double NO_SIZE = 2;

  /** A usual box this far outside of the window, in pixels, is not visible. */
  private static final double FAR = 1_100;

  private static final Set<String> ROWS =
      Set.of(
          "table-cell",
          "table-row",
          "table-row-group",
          "table-header-group",
          "table-footer-group",
          "table-column",
          "table-column-group",
          "table");

  @Nullable Source hidden;
  boolean visible = true;
  double opacity = 1;
  double fontSize = 16;
  CssColor color = CssColor.BLACK;
  @Nullable CssColor fill;
  @Nullable Object shadow;

  /** The background colour of the text; null if there is a picture. */
  @Nullable CssColor backdrop = CssColor.WHITE;

  /** The background of blocks inside: the background of an inline element does not count. */
  @Nullable CssColor blockBackdrop = CssColor.WHITE;

  boolean paintedByBackground;
  double textIndent;

  /** The line height in pixels; negative if it depends on the font size. */
  double lineHeight = -1;

  private double lineFactor = -1;

  /** Whether the font size derives from an absolute one; browsers have a minimum for others. */
  private boolean absoluteSize;

  /** Whether lines without height vanish, because a surrounding box hides overflow. */
  boolean clipsLines;

  /** Whether the element hides overflow and is as high as its content. */
  private boolean clipsToContent;

  /** Whether the children are boxes, whatever their display. */
  boolean flex;

  /** Whether the element generates a box. */
  boolean block;

  /** What else gives height to the boxes in and around an element. */
  interface Surroundings {
    /** Whether nothing else is in the box around it. */
    boolean isAlone();

    /** Whether it contains text and nothing else with a height. */
    boolean isLinesOnly();
  }

  ComputedStyle() {}

  private ComputedStyle(ComputedStyle parent) {
    hidden = parent.hidden;
    visible = parent.visible;
    opacity = parent.opacity;
    fontSize = parent.fontSize;
    color = parent.color;
    fill = parent.fill;
    shadow = parent.shadow;
    backdrop = parent.backdrop;
    blockBackdrop = parent.blockBackdrop;
    absoluteSize = parent.absoluteSize;
    paintedByBackground = parent.paintedByBackground;
    textIndent = parent.textIndent;
    lineHeight = parent.lineHeight;
    lineFactor = parent.lineFactor;
    clipsLines = parent.clipsLines;
  }

  ComputedStyle child() {
    return new ComputedStyle(this);
  }

  /**
   * Why text of this style is not visible; null if it is visible.
   *
   * @param firstLine whether it begins on the first line of its block, which is the one indented
   */
  @Nullable Source hides(int characters, BooleanSupplier firstLine) {
    if (hidden != null) {
      return hidden;
    }
    if (!visible) {
      return Source.VISIBILITY;
    }
    if (fontSize < LEAST_FONT_SIZE) {
      return Source.FONT_SIZE;
    }
    if (textIndent <= -FAR && characters * fontSize < -textIndent && firstLine.getAsBoolean()) {
      return Source.OFF_SCREEN;
    }
    if (clipsLines && lineHeight >= 0 && lineHeight < 1) {
      return Source.CLIPPED;
    }
    return isPainted() ? null : Source.COLOR;
  }

  private boolean isPainted() {
    CssColor used = fill == null ? color : fill;
    if (paintedByBackground || stands(used)) {
      return true;
    }
    return shadow instanceof CssColor other
        ? stands(other)
        : Boolean.TRUE.equals(shadow) && stands(color);
  }

  private boolean stands(CssColor used) {
    CssColor behind = backdrop;
    return behind == null
        ? used.alpha() * opacity >= LEAST_OPACITY
        : used.over(behind).distance(behind) * opacity >= LEAST_DISTANCE;
  }

  /**
   * Applies what was declared for the element.
   *
   * @param parent the style around it
   * @param display the display that the element has by itself
   * @param around what else may make boxes higher
   */
  void apply(
      CssCascade cascade,
      ComputedStyle parent,
      String display,
      Viewport viewport,
      Surroundings around) {
    font(cascade, parent, viewport);
    colors(cascade, parent);
    Object declared = cascade.get(CssProperty.DISPLAY);
    String used = declared instanceof String word ? word : declared == null ? display : "inline";
    if (declared == CssDeclarations.Wide.INHERIT || declared == CssDeclarations.Wide.UNSET) {
      used = display.equals("none") ? "none" : "inline";
    }
    if (cascade.get(CssProperty.VISIBILITY) instanceof String word) {
      visible = word.equals("visible");
    } else if (cascade.get(CssProperty.VISIBILITY) == CssDeclarations.Wide.INITIAL) {
      visible = true;
    }
    CssLength indent = cascade.length(CssProperty.TEXT_INDENT);
    if (indent != null) {
      textIndent = indent.pixels(fontSize, viewport.width(), viewport);
    }
    if (used.equals("none")) {
      hidden = Source.DISPLAY;
    } else if (!used.equals("contents")) {
      flex = used.endsWith("flex") || used.endsWith("grid");
      boolean moved = isMoved(cascade) || parent.flex;
      background(
          cascade, moved || !used.startsWith("inline"), moved || !used.equals("inline"), around);
      box(cascade, parent, used, viewport, around);
    }
  }

  private void font(CssCascade cascade, ComputedStyle parent, Viewport viewport) {
    Object size = cascade.get(CssProperty.FONT_SIZE);
    if (size instanceof CssLength length) {
      boolean relative = length.unit() == CssLength.Unit.EM || length.isPercent();
      absoluteSize |= !relative;
      fontSize = length.pixels(parent.fontSize, parent.fontSize, viewport);
      if (!absoluteSize && length.value() > 0) {
        fontSize = Math.max(fontSize, LEAST_RELATIVE_SIZE);
      }
    } else if (size instanceof String word) {
      fontSize = keyword(word, parent.fontSize);
    } else if (size == CssDeclarations.Wide.INITIAL) {
      fontSize = 16;
      absoluteSize = false;
    } else if (size != null) {
      fontSize = parent.fontSize;
    }
    Object height = cascade.get(CssProperty.LINE_HEIGHT);
    if (height instanceof CssLength length) {
      boolean factor = length.unit() == CssLength.Unit.EM;
      lineFactor = factor ? length.value() : -1;
      lineHeight = length.pixels(fontSize, fontSize, viewport);
    } else if (height != null && height != CssDeclarations.Wide.INHERIT) {
      lineFactor = -1;
      lineHeight = -1;
    } else if (lineFactor >= 0) {
      lineHeight = lineFactor * fontSize;
    }
  }

  private static double keyword(String word, double parent) {
    return switch (word) {
      case "xx-small" -> 9;
      case "x-small" -> 10;
      case "small" -> 13;
      case "large" -> 18;
      case "x-large" -> 24;
      case "xx-large" -> 32;
      case "xxx-large" -> 48;
      case "smaller" -> parent / 1.2;
      case "larger" -> parent * 1.2;
      default -> 16;
    };
  }

  private void colors(CssCascade cascade, ComputedStyle parent) {
    Object text = cascade.get(CssProperty.COLOR);
    if (text instanceof CssColor read) {
      color = read;
    } else if (text != null) {
      color = text == CssDeclarations.Wide.INITIAL ? CssColor.BLACK : parent.color;
    }
    Object filled = cascade.get(CssProperty.TEXT_FILL);
    if (filled != null) {
      fill =
          filled instanceof CssColor read
              ? read
              : filled == CssDeclarations.Wide.INHERIT ? parent.fill : null;
    }
    Object shadowed = cascade.get(CssProperty.TEXT_SHADOW);
    if (shadowed != null) {
      shadow = shadowed instanceof CssDeclarations.Wide ? null : shadowed;
    }
  }

  /**
   * A block that contains only lines without height has no area to paint.
   *
   * @param leavesLine whether the background of an inline element around it is not behind it
   * @param block whether it is behind the blocks in it
   */
  private void background(
      CssCascade cascade, boolean leavesLine, boolean block, Surroundings around) {
    if (block && lineHeight >= 0 && lineHeight < 1 && around.isLinesOnly()) {
      backdrop = blockBackdrop;
      return;
    }
    CssColor before = leavesLine ? blockBackdrop : backdrop;
    if (cascade.get(CssProperty.BACKGROUND_COLOR) instanceof CssColor behind
        && behind.alpha() > 0) {
      before = behind.alpha() >= 1 ? behind : before == null ? null : behind.over(before);
    }
    if (cascade.is(CssProperty.BACKGROUND_IMAGE)) {
      before = null;
    }
    backdrop = before;
    blockBackdrop = block ? before : blockBackdrop;
    paintedByBackground |= cascade.is(CssProperty.BACKGROUND_CLIP);
  }

  private void box(
      CssCascade cascade,
      ComputedStyle parent,
      String display,
      Viewport viewport,
      Surroundings around) {
    double own = cascade.get(CssProperty.OPACITY) instanceof Double value ? value : 1;
    own *= cascade.get(CssProperty.FILTER) instanceof Double value ? value : 1;
    opacity *= own;
    String position = cascade.word(CssProperty.POSITION);
    boolean placed = isPlaced(position);
    block = isBlock(cascade, parent, display);
    boolean clips = cascade.is(CssProperty.OVERFLOW);
    if (opacity < LEAST_OPACITY) {
      hidden = Source.OPACITY;
    } else if (isAway(cascade, position, placed, viewport)
        || block && cascade.is(CssProperty.TRANSFORM)) {
      hidden = Source.OFF_SCREEN;
    } else if (placed && cascade.is(CssProperty.CLIP)
        || cascade.is(CssProperty.CLIP_PATH)
        || block && clips && hasNoSize(cascade, viewport)
        || block && parent.clipsToContent && hasNoHeight(cascade, viewport) && around.isAlone()
        || block && cascade.is(CssProperty.CONTENT_VISIBILITY)) {
      hidden = Source.CLIPPED;
    }
    boolean sized =
        cascade.length(CssProperty.HEIGHT) != null && !isPercent(cascade, CssProperty.HEIGHT);
    clipsToContent = block && clips && !sized;
    if (block && clips && !sized) {
      clipsLines = around.isLinesOnly();
    } else if (block && sized) {
      clipsLines = false;
    }
  }

  private static boolean isPlaced(String position) {
    return position.equals("absolute") || position.equals("fixed");
  }

  /** Whether it is taken out of the line that contains it. */
  private static boolean isMoved(CssCascade cascade) {
    String floats = cascade.word(CssProperty.FLOAT);
    return isPlaced(cascade.word(CssProperty.POSITION))
        || floats.equals("left")
        || floats.equals("right");
  }

  /** Whether sizes and clips apply to it: not to what flows in lines, nor to parts of tables. */
  private static boolean isBlock(CssCascade cascade, ComputedStyle parent, String display) {
    return isMoved(cascade) || parent.flex || !display.equals("inline") && !ROWS.contains(display);
  }

  private static boolean isPercent(CssCascade cascade, CssProperty property) {
    CssLength length = cascade.length(property);
    return length != null && length.isPercent();
  }

  private boolean hasNoSize(CssCascade cascade, Viewport viewport) {
    return hasNoHeight(cascade, viewport)
        || isThin(cascade, CssProperty.WIDTH, CssProperty.PADDING_RIGHT, viewport)
        || isThin(cascade, CssProperty.MAX_WIDTH, CssProperty.PADDING_RIGHT, viewport);
  }

  private boolean hasNoHeight(CssCascade cascade, Viewport viewport) {
    return isThin(cascade, CssProperty.HEIGHT, CssProperty.PADDING_BOTTOM, viewport)
        || isThin(cascade, CssProperty.MAX_HEIGHT, CssProperty.PADDING_BOTTOM, viewport);
  }

  /** A percentage of an unknown height is ignored. */
  private boolean isThin(
      CssCascade cascade, CssProperty size, CssProperty padding, Viewport viewport) {
    CssLength length = cascade.length(size);
    boolean tall = size == CssProperty.HEIGHT || size == CssProperty.MAX_HEIGHT;
    if (length == null || tall && length.isPercent()) {
      return false;
    }
    CssLength added = cascade.length(padding);
    double room = added == null ? 0 : added.pixels(fontSize, viewport.width(), viewport);
    return length.pixels(fontSize, viewport.width(), viewport) + room <= NO_SIZE;
  }

  private boolean isAway(CssCascade cascade, String position, boolean placed, Viewport viewport) {
    boolean moved = placed || position.equals("relative") || position.equals("sticky");
    double left = pixels(cascade, CssProperty.LEFT, viewport);
    double right = pixels(cascade, CssProperty.RIGHT, viewport);
    double top = pixels(cascade, CssProperty.TOP, viewport);
    double bottom = pixels(cascade, CssProperty.BOTTOM, viewport);
    boolean movedAway =
        left <= -FAR
            || left >= 2 * FAR
            || right >= FAR
            || right <= -2 * FAR
            || top <= -3 * FAR
            || bottom >= 3 * FAR;
    return moved && movedAway
        || pixels(cascade, CssProperty.MARGIN_LEFT, viewport) <= -FAR
        || pixels(cascade, CssProperty.MARGIN_LEFT, viewport) >= 2 * FAR
        || pixels(cascade, CssProperty.MARGIN_TOP, viewport) <= -3 * FAR;
  }

  private double pixels(CssCascade cascade, CssProperty property, Viewport viewport) {
    CssLength length = cascade.length(property);
    return length == null ? 0 : length.pixels(fontSize, viewport.width(), viewport);
  }
}
