package org.byoemail.format.html;

import java.util.List;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jspecify.annotations.Nullable;

/**
 * A complex selector (Selectors Level 4): compound selectors from left to right with their
 * combinators.
 *
 * @param compounds at least one; the last one is the element's own
 * @param combinators one fewer: {@code ' '}, {@code '>'}, {@code '+'} or {@code '~'}
 */
record CssSelector(List<Compound> compounds, String combinators, int specificity) {
  /** So many siblings cost a step. */
  static final int SIBLINGS = 8;

  /** One condition on an element. */
  interface Condition {
    /** Takes from the budget what it costs beyond a step. */
    boolean matches(Element element, Budget budget);
  }

  /**
   * A compound selector.
   *
   * @param key the key by which rules are indexed: a type, {@code #id}, {@code .class}, or empty
   */
  record Compound(String key, List<Condition> conditions) {
    boolean matches(Element element, Budget budget) {
      for (int i = 0; i < conditions.size(); i++) {
        if (!conditions.get(i).matches(element, budget)) {
          return false;
        }
      }
      return true;
    }
  }

  /** The remaining budget of comparisons for a page; selectors and depth multiply. */
  static final class Budget {
    private long steps;

    Budget(int steps) {
      this.steps = steps;
    }

    boolean take(long cost) {
      steps -= cost;
      return steps >= 0;
    }

    boolean isSpent() {
      return steps <= 0;
    }
  }

  String key() {
    return compounds.get(compounds.size() - 1).key();
  }

  boolean matches(Element element, Budget budget) {
    return matches(element, compounds.size() - 1, budget);
  }

  /** The depth of the calls is the number of compounds, which is bounded. */
  private boolean matches(Element element, int at, Budget budget) {
    if (!budget.take(1) || !compounds.get(at).matches(element, budget)) {
      return false;
    }
    if (at == 0) {
      return true;
    }
    char combinator = combinators.charAt(at - 1);
    boolean upwards = combinator == ' ' || combinator == '>';
    boolean once = combinator == '>' || combinator == '+';
    Element other = next(element, upwards, budget);
    while (other != null && !budget.isSpent()) {
      if (matches(other, at - 1, budget)) {
        return true;
      }
      other = once ? null : next(other, upwards, budget);
    }
    return false;
  }

  private static @Nullable Element next(Element element, boolean upwards, Budget budget) {
    Element next = upwards ? element.parent() : sibling(element, false, budget);
    return next == null || next.normalName().equals("#root") ? null : next;
  }

  /**
   * The nearest sibling that is an element. Comments and texts between them cost, too; null also
   * where the budget is spent.
   */
  static @Nullable Element sibling(Element element, boolean later, Budget budget) {
    Node other = element;
    for (int i = 1; i % SIBLINGS != 0 || budget.take(1); i++) {
      other = later ? other.nextSibling() : other.previousSibling();
      if (other == null || other instanceof Element) {
        return (Element) other;
      }
    }
    return null;
  }
}
