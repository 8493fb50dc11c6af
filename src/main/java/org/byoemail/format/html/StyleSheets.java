package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jsoup.nodes.Element;

/** The rules of all style elements of a page, found by type, class or id. */
final class StyleSheets {
  private static final int MAX_CSS = 256 << 10;
  private static final int MAX_SELECTORS = 8_000;

  /** So many rules for other viewports cost a step. */
  private static final int PASSED_OVER = 16;

  private static final int MAX_MEDIA_DEPTH = 6;
  private static final int MAX_CLASSES = 40;
  private static final int MAX_VARIABLES = 500;
  private static final int MAX_REMEMBERED = 500;
  private static final int MAX_REMEMBERED_LENGTH = 500;

  private final Map<String, List<Rule>> rules = new HashMap<>();
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, List<CssDeclaration>> inline = new HashMap<>();
  private final boolean quirks;
  private int count;
  private int characters;
  private boolean whole = true;
  private boolean differs;

  /**
   * A selector with what it declares.
   *
   * @param order of the rules of the page
   * @param viewports the bits of those it is for
   */
  record Rule(CssSelector selector, List<CssDeclaration> declarations, int order, int viewports) {}

  StyleSheets(boolean quirks) {
    this.quirks = quirks;
  }

  /** Whether all of it was within the bounds. */
  boolean isWhole() {
    return whole;
  }

  /** Whether it has rules for some viewports only. */
  boolean differsByViewport() {
    return differs;
  }

  /** What a style attribute declares; mails repeat the same ones. */
  List<CssDeclaration> inline(String style) {
    List<CssDeclaration> known = inline.get(style);
    if (known != null) {
      return known;
    }
    List<CssDeclaration> read =
        CssDeclarations.read(CssScanner.withoutComments(style), quirks, variables);
    if (inline.size() < MAX_REMEMBERED && style.length() <= MAX_REMEMBERED_LENGTH) {
      inline.put(style, read);
    }
    return read;
  }

  /** Collects the custom properties, before the rules are read. */
  void addVariables(String css) {
    int at = css.indexOf("--");
    while (at >= 0 && variables.size() < MAX_VARIABLES) {
      int colon = at + 2;
      while (colon < css.length()
          && (Character.isLetterOrDigit(css.charAt(colon))
              || "-_".indexOf(css.charAt(colon)) >= 0)) {
        colon++;
      }
      String name = css.substring(at, Math.min(colon, at + 100));
      int next = colon;
      while (next < css.length() && css.charAt(next) == ' ') {
        next++;
      }
      if (next < css.length() && css.charAt(next) == ':') {
        int end = next;
        while (end < css.length() && end < next + 200 && ";}".indexOf(css.charAt(end)) < 0) {
          end++;
        }
        variables.put(name, css.substring(next + 1, end).strip());
        colon = end;
      }
      at = css.indexOf("--", Math.max(colon, at + 2));
    }
  }

  /** Adds the rules of a style element. */
  void add(String css, int viewports) {
    int room = MAX_CSS - characters;
    whole &= css.length() <= room;
    String read = CssScanner.withoutComments(css.substring(0, Math.min(css.length(), room)));
    characters += read.length();
    add(read, viewports, 0);
  }

  private void add(String css, int viewports, int depth) {
    int at = 0;
    while (at < css.length()) {
      int end = CssScanner.end(css, at, css.startsWith("@", skipped(css, at)) ? "{;" : "{");
      if (end == css.length()) {
        return;
      }
      String prelude = css.substring(at, end).strip();
      if (css.charAt(end) == ';') {
        at = end + 1;
        continue;
      }
      int close = CssScanner.end(css, end + 1, "}");
      String block = css.substring(end + 1, close);
      if (prelude.startsWith("@")) {
        atRule(prelude.toLowerCase(Locale.ROOT), block, viewports, depth);
      } else {
        rule(prelude, block, viewports);
      }
      at = close + 1;
    }
  }

  private static int skipped(String css, int from) {
    int at = from;
    while (at < css.length() && (Character.isWhitespace(css.charAt(at)) || css.charAt(at) == '}')) {
      at++;
    }
    return at;
  }

  private void atRule(String prelude, String block, int viewports, int depth) {
    if (depth == MAX_MEDIA_DEPTH) {
      whole = false;
    } else if (prelude.startsWith("@media")) {
      int met = viewports & MediaQuery.viewports(prelude.substring(6));
      differs |= met != viewports && met != 0;
      if (met != 0) {
        add(block, met, depth + 1);
      }
    } else if (prelude.startsWith("@supports") || prelude.startsWith("@layer")) {
      boolean applies =
          !prelude.contains("not ") && !prelude.contains("-moz-") && !prelude.contains("-ms-");
      if (applies) {
        add(block, viewports, depth + 1);
      }
    }
  }

  private void rule(String prelude, String block, int viewports) {
    String selectors = prelude.startsWith("}") ? prelude.substring(1) : prelude;
    List<CssDeclaration> declarations = CssDeclarations.read(block, quirks, variables);
    if (declarations.isEmpty()) {
      return;
    }
    for (CssSelector selector : CssSelectorReader.read(selectors, quirks)) {
      if (count == MAX_SELECTORS) {
        whole = false;
        return;
      }
      rules
          .computeIfAbsent(selector.key(), key -> new ArrayList<>())
          .add(new Rule(selector, declarations, count++, viewports));
    }
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /** Passes on the rules for an element, in no order. */
  void matching(Element element, Viewport viewport, CssSelector.Budget budget, Consumer<Rule> to) {
    if (rules.isEmpty()) {
      return;
    }
    matching("", element, viewport, budget, to);
    matching(element.normalName(), element, viewport, budget, to);
    if (element.hasAttr("id")) {
      matching("#" + element.attr("id").toLowerCase(Locale.ROOT), element, viewport, budget, to);
    }
    if (element.hasAttr("class")) {
      String words = element.attr("class").toLowerCase(Locale.ROOT).strip();
      int at = 0;
      for (int i = 0; i < MAX_CLASSES && at < words.length(); i++) {
        int end = at;
        while (end < words.length() && !Character.isWhitespace(words.charAt(end))) {
          end++;
        }
        if (end > at) {
          matching("." + words.substring(at, end), element, viewport, budget, to);
        }
        at = end + 1;
      }
    }
  }

  private void matching(
      String key,
      Element element,
      Viewport viewport,
      CssSelector.Budget budget,
      Consumer<Rule> to) {
    List<Rule> found = rules.getOrDefault(key, List.of());
    int passedOver = 0;
    for (int i = 0; i < found.size() && !budget.isSpent(); i++) {
      Rule rule = found.get(i);
      if ((rule.viewports & viewport.bit()) == 0) {
        passedOver++;
      } else if (rule.selector.matches(element, budget)) {
        to.accept(rule);
      }
    }
    budget.take(passedOver / PASSED_OVER);
  }
}
