package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.html.HiddenText.Source;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;
import org.jspecify.annotations.Nullable;

/** Computes for each text of a page what hides it in one viewport. */
final class StyledTexts implements NodeVisitor {
  /** How many compound selectors are compared with elements: about 0.1 s. */
  private static final int MAX_STEPS = 1_500_000;

  private static final int MAX_WALK = 50;

  private static final Set<String> NONE =
      Set.of(
          "head",
          "script",
          "style",
          "title",
          "template",
          "noembed",
          "noframes",
          "datalist",
          "param",
          "rp",
          "area",
          "base",
          "meta",
          "link",
          "iframe",
          "video",
          "audio",
          "canvas",
          "progress",
          "meter",
          "defs",
          "metadata",
          "desc",
          "symbol",
          "object",
          "optgroup");

  /** Elements whose text is fallback content or data. */
  private static final Set<String> MARKUP =
      Set.of(
          "template",
          "noembed",
          "noframes",
          "iframe",
          "video",
          "audio",
          "canvas",
          "datalist",
          "object");

  private static final Set<String> INLINE =
      Set.of(
          "a",
          "abbr",
          "acronym",
          "b",
          "bdi",
          "bdo",
          "big",
          "cite",
          "code",
          "data",
          "del",
          "dfn",
          "em",
          "font",
          "i",
          "ins",
          "kbd",
          "label",
          "mark",
          "nobr",
          "q",
          "s",
          "samp",
          "small",
          "span",
          "strike",
          "strong",
          "sub",
          "sup",
          "time",
          "tt",
          "u",
          "var",
          "wbr",
          "ruby",
          "rt",
          "br",
          "o:p",
          "font-face",
          "blink",
          "slot",
          "output",
          "map",
          "picture");

  private static final Set<String> WITH_BGCOLOR =
      Set.of("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th");

  private final StyleSheets sheets;
  private final Viewport viewport;
  private final boolean quirks;
  private final CssCascade cascade = new CssCascade();
  private final CssSelector.Budget budget = new CssSelector.Budget(MAX_STEPS);
  private final List<ComputedStyle> open = new ArrayList<>();
  private final List<@Nullable Source> hidden = new ArrayList<>();

  /** Elements that a style made boxes. */
  private final Set<Element> madeBlocks = new HashSet<>();

  private final Map<Element, @Nullable Element> shown = new IdentityHashMap<>();

  private CssColor link = new CssColor(0, 0, 238, 1);
  private CssColor ofBody = CssColor.BLACK;

  StyledTexts(Document page, StyleSheets sheets, Viewport viewport, boolean quirks) {
    this.sheets = sheets;
    this.viewport = viewport;
    this.quirks = quirks;
    Element body = page.body();
    ComputedStyle root = new ComputedStyle();
    Element html = body.parent();
    open.add(html == null ? root : style(html, root));
    body.traverse(this);
  }

  /** What hides each text below the body, in order. */
  @Nullable Source[] hidden() {
    return hidden.toArray(new Source[0]);
  }

  boolean isWhole() {
    return !budget.isSpent();
  }

  @Override
  public void head(Node node, int depth) {
    ComputedStyle parent = open.get(open.size() - 1);
    if (node instanceof TextNode text) {
      hidden.add(
          text.isBlank()
              ? null
              : parent.hides(text.getWholeText().length(), () -> beginsBlock(text)));
    } else if (node instanceof Element element) {
      open.add(parent.hidden == null ? style(element, parent) : parent);
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (node instanceof Element) {
      open.remove(open.size() - 1);
    }
  }

  private ComputedStyle style(Element element, ComputedStyle parent) {
    String name = element.normalName();
    cascade.clear();
    hints(element, name);
    boolean attributes = element.attributesSize() > 0;
    sheets.matching(element, viewport, budget, cascade::add);
    if (attributes && element.hasAttr("style")) {
      sheets.inline(element.attr("style")).forEach(cascade::addInline);
    }
    Source shut = shut(element, name);
    boolean none = shut != null || NONE.contains(name);
    boolean table = name.equals("table") && (quirks || parent.textIndent != 0);
    boolean leavesLine = parent.backdrop != parent.blockBackdrop;
    if (cascade.isEmpty() && !none && !parent.flex && !table && !leavesLine) {
      return parent;
    }
    ComputedStyle style = parent.child();
    if (name.equals("table")) {
      style.textIndent = 0;
    }
    if (quirks && name.equals("table")) {
      style.fontSize = 16;
      style.color = ofBody;
      style.lineHeight = -1;
    }
    style.apply(cascade, parent, none ? "none" : display(name), viewport, new Content(element));
    if (style.block && isInline(element)) {
      madeBlocks.add(element);
    }
    if (name.equals("body")) {
      ofBody = style.color;
    }
    if (none && (cascade.get(CssProperty.DISPLAY) == null || shut != null)) {
      style.hidden = shut != null ? shut : MARKUP.contains(name) ? Source.MARKUP : Source.DISPLAY;
    }
    return style;
  }

  /** Whether nothing before a text in its block ends the first line. */
  private boolean beginsBlock(Node text) {
    Node node = text;
    for (int i = 0; i < MAX_WALK; i++) {
      Node before = node.previousSibling();
      if (before == null) {
        node = node.parent();
        if (node == null || !isInline(node)) {
          return true;
        }
      } else if (before instanceof Element element
          && (element.normalName().equals("br") || !isInline(element))) {
        return false;
      } else {
        node = before;
      }
    }
    return false;
  }

  private boolean isInline(Node node) {
    return node instanceof Element element
        && display(element.normalName()).startsWith("inline")
        && !madeBlocks.contains(element);
  }

  /** The boxes in and around an element. */
  private record Content(Element element) implements ComputedStyle.Surroundings {
    @Override
    public boolean isAlone() {
      Element above = element.parent();
      if (above == null || above.childNodeSize() > MAX_WALK) {
        return false;
      }
      for (Node node : above.childNodes()) {
        boolean words = node instanceof TextNode text && !text.isBlank();
        if (words || node instanceof Element && node != element) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean isLinesOnly() {
      String name = element.normalName();
      if (name.equals("td") || name.equals("th") || element.childNodeSize() > MAX_WALK) {
        return false;
      }
      for (Node node : element.childNodes()) {
        if (node instanceof Element inner
            && !(display(inner.normalName()).equals("inline") && inner.childrenSize() == 0)) {
          return false;
        }
      }
      return true;
    }
  }

  private static String display(String name) {
    return switch (name) {
      case "table" -> "table";
      case "thead", "tbody", "tfoot" -> "table-row-group";
      case "tr" -> "table-row";
      case "td", "th" -> "table-cell";
      case "button", "input", "select", "textarea", "img" -> "inline-block";
      default -> INLINE.contains(name) ? "inline" : "block";
    };
  }

  /** What an element of this kind hides regardless of its style; null for nothing. */
  private @Nullable Source shut(Element element, String name) {
    Element above = element.parent();
    if (above == null) {
      return null;
    }
    return switch (above.normalName()) {
      case "details" ->
          above.hasAttr("open") || name.equals("summary") && shownChild(above) == element
              ? null
              : Source.DETAILS;
      case "select" -> shownChild(above) == element ? null : Source.MARKUP;
      case "svg" -> name.equals("title") ? Source.MARKUP : null;
      default -> name.equals("dialog") && !element.hasAttr("open") ? Source.DISPLAY : null;
    };
  }

  /**
   * The summary of details, or the chosen option of a select: looked for once, not for each child.
   */
  private @Nullable Element shownChild(Element parent) {
    if (shown.containsKey(parent)) {
      return shown.get(parent);
    }
    boolean select = parent.normalName().equals("select");
    Element found = null;
    for (Node node = parent.firstChild(); node != null; node = node.nextSibling()) {
      if (node instanceof Element child
          && child.normalName().equals(select ? "option" : "summary")) {
        boolean last = !select || child.hasAttr("selected");
        found = found == null || last ? child : found;
        if (last) {
          break;
        }
      }
    }
    shown.put(parent, found);
    return found;
  }

  /** Presentational hints of the element and its attributes, which any rule outweighs. */
  private void hints(Element element, String name) {
    boolean attributes = element.attributesSize() > 0;
    switch (name) {
      case "h1" -> size(2);
      case "h2" -> size(1.5);
      case "h3" -> size(1.17);
      case "h5" -> size(0.83);
      case "h6" -> size(0.67);
      case "small", "sub", "sup" -> cascade.hint(CssProperty.FONT_SIZE, "smaller");
      case "big" -> cascade.hint(CssProperty.FONT_SIZE, "larger");
      case "mark" -> cascade.hint(CssProperty.BACKGROUND_COLOR, new CssColor(255, 255, 0, 1));
      case "button", "select" -> {
        control();
        cascade.hint(CssProperty.BACKGROUND_COLOR, new CssColor(239, 239, 239, 1));
      }
      case "textarea" -> {
        control();
        cascade.hint(CssProperty.BACKGROUND_COLOR, CssColor.WHITE);
      }
      case "a" -> {
        if (element.hasAttr("href")) {
          cascade.hint(CssProperty.COLOR, link);
        }
      }
      default -> {}
    }
    if (attributes) {
      attributes(element, name);
    }
  }

  private void size(double factor) {
    cascade.hint(CssProperty.FONT_SIZE, new CssLength(factor, CssLength.Unit.EM));
  }

  private void control() {
    cascade.hint(CssProperty.COLOR, CssColor.BLACK);
    cascade.hint(CssProperty.FONT_SIZE, new CssLength(13.333, CssLength.Unit.PX));
    cascade.hint(CssProperty.TEXT_INDENT, CssLength.ZERO);
  }

  private void attributes(Element element, String name) {
    if (element.hasAttr("hidden")) {
      cascade.hint(CssProperty.DISPLAY, "none");
    }
    if (WITH_BGCOLOR.contains(name)) {
      color(element, "bgcolor", CssProperty.BACKGROUND_COLOR);
      if (!element.attr("background").isBlank()) {
        cascade.hint(CssProperty.BACKGROUND_IMAGE, true);
      }
    }
    if (name.equals("body")) {
      color(element, "text", CssProperty.COLOR);
      CssColor read = CssColor.legacy(element.attr("link"));
      link = read == null ? link : read;
    } else if (name.equals("font")) {
      color(element, "color", CssProperty.COLOR);
      fontSize(element.attr("size").strip());
    }
  }

  private void color(Element element, String attribute, CssProperty property) {
    CssColor read = CssColor.legacy(element.attr(attribute));
    if (read != null) {
      cascade.hint(property, read);
    }
  }

  /** The sizes 1 to 7 of {@code font}, or steps from 3. */
  private void fontSize(String size) {
    if (!size.matches("[+-]?\\d{1,3}")) {
      return;
    }
    boolean relative = size.startsWith("+") || size.startsWith("-");
    int step = Math.max(1, Math.min(7, Integer.parseInt(size) + (relative ? 3 : 0)));
    int[] pixels = {10, 13, 16, 18, 24, 32, 48};
    cascade.hint(CssProperty.FONT_SIZE, new CssLength(pixels[step - 1], CssLength.Unit.PX));
  }
}
