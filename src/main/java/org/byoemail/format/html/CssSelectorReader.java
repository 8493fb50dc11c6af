package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.byoemail.format.html.CssSelector.Compound;
import org.byoemail.format.html.CssSelector.Condition;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * Reads a selector list. As in a browser, one invalid selector invalidates the whole list. A
 * selector that matches nothing on a static page, such as {@code :hover}, is left out.
 */
final class CssSelectorReader {
  private static final int MAX_COMPOUNDS = 12;
  private static final int MAX_CONDITIONS = 12;

  /** So many characters cost a step when they are compared. */
  private static final int CHARACTERS = 64;

  private static final Set<String> NEVER =
      Set.of(
          "hover",
          "active",
          "focus",
          "focus-within",
          "focus-visible",
          "visited",
          "target",
          "before",
          "after",
          "first-line",
          "first-letter",
          "selection",
          "placeholder",
          "marker",
          "backdrop",
          "fullscreen",
          "popover-open",
          "autofill",
          "-webkit-autofill",
          "user-invalid",
          "placeholder-shown",
          "host",
          "invalid",
          "indeterminate");

  private final String text;
  private final boolean quirks;
  private final boolean nested;
  private int at;

  private CssSelectorReader(String text, boolean quirks, boolean nested) {
    this.text = text;
    this.quirks = quirks;
    this.nested = nested;
  }

  /**
   * Reads a list.
   *
   * @param quirks whether classes and ids are compared without case
   * @return empty if it is invalid or matches nothing
   */
  static List<CssSelector> read(String list, boolean quirks) {
    return read(list, quirks, false);
  }

  private static List<CssSelector> read(String list, boolean quirks, boolean nested) {
    List<CssSelector> selectors = new ArrayList<>();
    CssSelectorReader reader = new CssSelectorReader(list.strip(), quirks, nested);
    try {
      while (true) {
        CssSelector read = reader.complex();
        if (read != null) {
          selectors.add(read);
        }
        if (reader.at >= reader.text.length()) {
          return selectors;
        }
        reader.at++;
        reader.blanks();
      }
    } catch (Invalid e) {
      return List.of();
    }
  }

  /** The selector is invalid or too long. */
  private static final class Invalid extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Invalid() {
      super("not a selector", null, false, false);
    }
  }

  /** What is read of one compound. */
  private static final class Draft {
    private final List<Condition> conditions = new ArrayList<>();
    private String key = "";
    private int specificity;
    private boolean never;

    void add(Condition condition, int weight) {
      if (conditions.size() == MAX_CONDITIONS) {
        throw new Invalid();
      }
      conditions.add(condition);
      specificity += weight;
    }
  }

  private static final int ID = 1 << 16;
  private static final int CLASS = 1 << 8;

  /** Null if it matches no element. */
  private @Nullable CssSelector complex() {
    List<Compound> compounds = new ArrayList<>();
    StringBuilder combinators = new StringBuilder();
    int specificity = 0;
    boolean never = false;
    while (true) {
      Draft draft = compound();
      compounds.add(new Compound(draft.key, List.copyOf(draft.conditions)));
      specificity += draft.specificity;
      never |= draft.never;
      char combinator = combinator();
      if (combinator == 0) {
        return never ? null : new CssSelector(compounds, combinators.toString(), specificity);
      }
      if (compounds.size() == MAX_COMPOUNDS) {
        throw new Invalid();
      }
      combinators.append(combinator);
    }
  }

  /** The combinator between two compounds; 0 at the end of a selector. */
  private char combinator() {
    int before = at;
    blanks();
    if (at == text.length() || text.charAt(at) == ',') {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '>' || c == '+' || c == '~') {
      at++;
      blanks();
      return c;
    }
    if (at == before) {
      throw new Invalid();
    }
    return ' ';
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private Draft compound() {
    Draft draft = new Draft();
    int start = at;
    if (at < text.length() && text.charAt(at) == '*') {
      at++;
    } else if (at < text.length() && isName(text.charAt(at))) {
      String type = name().toLowerCase(Locale.ROOT);
      draft.key = type;
      draft.add((element, budget) -> element.normalName().equals(type), 1);
    }
    while (at < text.length() && "#.[:".indexOf(text.charAt(at)) >= 0) {
      char c = text.charAt(at++);
      switch (c) {
        case '#' -> id(draft);
        case '.' -> cssClass(draft);
        case '[' -> attribute(draft);
        default -> pseudo(draft);
      }
    }
    if (at == start) {
      throw new Invalid();
    }
    return draft;
  }

  private void id(Draft draft) {
    String id = name();
    draft.key = "#" + id.toLowerCase(Locale.ROOT);
    draft.add((element, budget) -> isSame(element.attr("id"), id), ID);
  }

  private void cssClass(Draft draft) {
    String name = name();
    draft.key = draft.key.startsWith("#") ? draft.key : "." + name.toLowerCase(Locale.ROOT);
    draft.add(
        (element, budget) -> {
          String words = element.attr("class");
          return budget.take(words.length() / CHARACTERS) && hasWord(words, name, quirks);
        },
        CLASS);
  }

  private boolean isSame(String given, String wanted) {
    return quirks ? given.equalsIgnoreCase(wanted) : given.equals(wanted);
  }

  private static boolean hasWord(String words, String wanted, boolean ignoreCase) {
    int size = wanted.length();
    for (int i = 0; i + size <= words.length(); i++) {
      boolean starts = i == 0 || Character.isWhitespace(words.charAt(i - 1));
      if (starts
          && (i + size == words.length() || Character.isWhitespace(words.charAt(i + size)))
          && words.regionMatches(ignoreCase, i, wanted, 0, size)) {
        return true;
      }
    }
    return false;
  }

  private void attribute(Draft draft) {
    int end = CssScanner.end(text, at, "]");
    if (end == text.length()) {
      throw new Invalid();
    }
    String inner = text.substring(at, end).strip();
    at = end + 1;
    int equals = inner.indexOf('=');
    if (equals < 0) {
      String name = attributeName(inner);
      draft.add((element, budget) -> element.hasAttr(name), CLASS);
      return;
    }
    char operator = equals == 0 ? '=' : inner.charAt(equals - 1);
    boolean plain = "~|^$*".indexOf(operator) < 0;
    String name = attributeName(inner.substring(0, plain ? equals : equals - 1));
    String rest = inner.substring(equals + 1).strip();
    int last = rest.length() - 1;
    boolean flagged = last > 0 && "iIsS".indexOf(rest.charAt(last)) >= 0 && endsValue(rest, last);
    boolean ignoreCase =
        flagged && Character.toLowerCase(rest.charAt(last)) == 'i' || HTML_VALUES.contains(name);
    String value = unquoted((flagged ? rest.substring(0, last) : rest).strip());
    char test = plain ? '=' : operator;
    draft.add(
        (element, budget) ->
            element.hasAttr(name)
                && budget.take(cost(element.attr(name), test, value))
                && matches(element.attr(name), test, value, ignoreCase),
        CLASS);
  }

  private static boolean endsValue(String text, int end) {
    char before = text.charAt(end - 1);
    return before == '"' || before == '\'' || Character.isWhitespace(before);
  }

  private static long cost(String given, char operator, String value) {
    long compared = operator == '*' ? (long) given.length() * value.length() : given.length();
    return (compared + value.length()) / CHARACTERS;
  }

  /** Attributes whose values HTML compares without case (HTML, 4.16.2). */
  private static final Set<String> HTML_VALUES =
      Set.of(
          "align", "bgcolor", "color", "dir", "face", "lang", "link", "media", "method", "rel",
          "shape", "target", "text", "type", "valign", "vlink");

  private static String attributeName(String text) {
    String name = CssScanner.unescaped(text.strip()).toLowerCase(Locale.ROOT);
    if (name.isEmpty() || !name.chars().allMatch(c -> isName((char) c))) {
      throw new Invalid();
    }
    return name;
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() > 1
            && (value.startsWith("\"") && value.endsWith("\"")
                || value.startsWith("'") && value.endsWith("'"));
    if (!quoted && (value.isEmpty() || !isNameStart(value.charAt(0)))) {
      throw new Invalid();
    }
    return CssScanner.unescaped(quoted ? value.substring(1, value.length() - 1) : value);
  }

  private static boolean matches(String given, char operator, String value, boolean ignoreCase) {
    String have = ignoreCase ? given.toLowerCase(Locale.ROOT) : given;
    String want = ignoreCase ? value.toLowerCase(Locale.ROOT) : value;
    return switch (operator) {
      case '~' -> !want.isEmpty() && hasWord(have, want, false);
      case '|' -> have.equals(want) || have.startsWith(want + "-");
      case '^' -> !want.isEmpty() && have.startsWith(want);
      case '$' -> !want.isEmpty() && have.endsWith(want);
      case '*' -> !want.isEmpty() && have.contains(want);
      default -> have.equals(want);
    };
  }

  private void pseudo(Draft draft) {
    boolean element = at < text.length() && text.charAt(at) == ':';
    at += element ? 1 : 0;
    String name = name().toLowerCase(Locale.ROOT);
    String inner = "";
    if (at < text.length() && text.charAt(at) == '(') {
      int end = CssScanner.end(text, at + 1, ")");
      inner = text.substring(at + 1, end).strip();
      at = Math.min(end + 1, text.length());
    }
    if (NEVER.contains(name) || element && name.startsWith("-webkit-")) {
      draft.never = true;
      return;
    }
    if (element) {
      throw new Invalid();
    }
    pseudoClass(draft, name, inner);
  }

  private void pseudoClass(Draft draft, String name, String inner) {
    switch (name) {
      case "link", "any-link" ->
          draft.add(
              (each, budget) -> each.hasAttr("href") && !each.normalName().equals("link"), CLASS);
      case "root" -> draft.add((each, budget) -> each.normalName().equals("html"), CLASS);
      case "checked" ->
          draft.add((each, budget) -> each.hasAttr("checked") || each.hasAttr("selected"), CLASS);
      case "disabled" -> draft.add((each, budget) -> each.hasAttr("disabled"), CLASS);
      case "enabled" -> draft.add((each, budget) -> !each.hasAttr("disabled"), CLASS);
      case "empty" -> draft.add((each, budget) -> each.childNodeSize() == 0, CLASS);
      case "first-child" -> draft.add((each, budget) -> isFirst(each, budget), CLASS);
      case "last-child" -> draft.add((each, budget) -> isLast(each, budget), CLASS);
      case "only-child" ->
          draft.add((each, budget) -> isFirst(each, budget) && isLast(each, budget), CLASS);
      case "nth-child" -> nthChild(draft, inner);
      case "first-of-type" -> draft.add((each, budget) -> !hasEarlierOfType(each, budget), CLASS);
      case "not" -> list(draft, inner, false);
      case "is", "where", "-webkit-any", "matches" -> list(draft, inner, true);
      case "lang", "dir" -> draft.never = true;
      default -> throw new Invalid();
    }
  }

  private static boolean isFirst(Element element, CssSelector.Budget budget) {
    return CssSelector.sibling(element, false, budget) == null;
  }

  private static boolean isLast(Element element, CssSelector.Budget budget) {
    return CssSelector.sibling(element, true, budget) == null;
  }

  private static boolean hasEarlierOfType(Element element, CssSelector.Budget budget) {
    Element other = CssSelector.sibling(element, false, budget);
    for (int i = 0; other != null && i < 1_000; i++) {
      if (other.normalName().equals(element.normalName())) {
        return true;
      }
      if (i % CssSelector.SIBLINGS == CssSelector.SIBLINGS - 1 && !budget.take(1)) {
        return false;
      }
      other = CssSelector.sibling(other, false, budget);
    }
    return false;
  }

  private static void nthChild(Draft draft, String inner) {
    String word =
        switch (inner.toLowerCase(Locale.ROOT)) {
          case "odd" -> "2n+1";
          case "even" -> "2n";
          default -> inner.toLowerCase(Locale.ROOT).replaceAll("\\s", "");
        };
    if (!word.matches("[+-]?\\d{0,4}n(?:[+-]\\d{1,4})?|[+-]?\\d{1,4}")) {
      throw new Invalid();
    }
    int n = word.indexOf('n');
    String factor = n < 0 ? "0" : word.substring(0, n);
    int step =
        switch (factor) {
          case "", "+" -> 1;
          case "-" -> -1;
          default -> Integer.parseInt(factor);
        };
    String rest = n < 0 ? word : word.substring(n + 1);
    int first = rest.isEmpty() ? 0 : Integer.parseInt(rest);
    draft.add(
        (each, budget) -> {
          int away = place(each, budget) - first;
          return step == 0 ? away == 0 : away % step == 0 && away / step >= 0;
        },
        CLASS);
  }

  /** Counts up to a bound, or long rows of siblings would take quadratic time. */
  private static int place(Element element, CssSelector.Budget budget) {
    int place = 1;
    Element other = CssSelector.sibling(element, false, budget);
    while (other != null && place < 300) {
      place++;
      other = CssSelector.sibling(other, false, budget);
    }
    budget.take(place / CssSelector.SIBLINGS);
    return place;
  }

  // A loop: a stream for each comparison costs memory.
  private static boolean matchesOne(
      List<CssSelector> selectors, Element element, CssSelector.Budget budget) {
    for (int i = 0; i < selectors.size(); i++) {
      if (selectors.get(i).matches(element, budget)) {
        return true;
      }
    }
    return false;
  }

  private void list(Draft draft, String inner, boolean wanted) {
    if (nested) {
      throw new Invalid();
    }
    List<CssSelector> selectors = read(inner, quirks, true);
    if (selectors.isEmpty() || selectors.size() > MAX_CONDITIONS) {
      throw new Invalid();
    }
    int weight = selectors.stream().mapToInt(CssSelector::specificity).max().orElse(0);
    draft.add(
        (each, budget) -> matchesOne(selectors, each, budget) == wanted && !budget.isSpent(),
        weight);
  }

  private static boolean isName(char c) {
    return isNameStart(c) || c >= '0' && c <= '9' || c == '-';
  }

  private static boolean isNameStart(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || c == '-'
        || c == '\\'
        || c > 127;
  }

  private String name() {
    int start = at;
    while (at < text.length() && isName(text.charAt(at))) {
      if (text.charAt(at) == '\\') {
        at++;
        int digits = at;
        while (at < text.length() && at < digits + 6 && CssScanner.isHex(text.charAt(at))) {
          at++;
        }
        boolean blank =
            at > digits && at < text.length() && Character.isWhitespace(text.charAt(at));
        at += at == digits || blank ? 1 : 0;
      } else {
        at++;
      }
    }
    at = Math.min(at, text.length());
    String name = CssScanner.unescaped(text.substring(start, at));
    if (name.isEmpty() || Character.digit(name.charAt(0), 10) >= 0 && text.charAt(start) != '\\') {
      throw new Invalid();
    }
    return name;
  }
}
