package org.byoemail.format.html;

import java.util.List;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * A complex selector (Selectors Level 4): compound selectors from left to right with their
 * combinators.
 *
 * @param compounds at least one; the last one is the element's own
 * @param combinators one fewer: {@code ' '}, {@code '>'}, {@code '+'} or {@code '~'}
 */
record Selector(List<Compound> compounds, String combinators, int specificity) {
  /** One condition on an element. */
  interface Condition {
    boolean matches(Element element);
  }

  /**
   * A compound selector.
   *
   * @param key the key by which rules are indexed: a type, {@code #id}, {@code .class}, or empty
   */
  record Compound(String key, List<Condition> conditions) {
    boolean matches(Element element) {
      for (int i = 0; i < conditions.size(); i++) {
        if (!conditions.get(i).matches(element)) {
          return false;
        }
      }
      return true;
    }
  }

  /** The remaining budget of comparisons for a page; selectors and depth multiply. */
  static final class Budget {
    private int steps;

    Budget(int steps) {
      this.steps = steps;
    }

    boolean take() {
      return steps-- > 0;
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
    if (!budget.take() || !compounds.get(at).matches(element)) {
      return false;
    }
    if (at == 0) {
      return true;
    }
    char combinator = combinators.charAt(at - 1);
    boolean upwards = combinator == ' ' || combinator == '>';
    boolean once = combinator == '>' || combinator == '+';
    Element other = next(element, upwards);
    while (other != null && !budget.isSpent()) {
      if (matches(other, at - 1, budget)) {
        return true;
      }
      other = once ? null : next(other, upwards);
    }
    return false;
  }

  private static @Nullable Element next(Element element, boolean upwards) {
    Element next = upwards ? element.parent() : element.previousElementSibling();
    return next == null || next.normalName().equals("#root") ? null : next;
  }
}
