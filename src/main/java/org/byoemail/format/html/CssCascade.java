package org.byoemail.format.html;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The winning declaration of each property for one element (CSS Cascading Level 4): by importance,
 * style attribute, specificity and order. Reused for one element after another.
 */
final class CssCascade {
  private static final int COUNT = CssProperty.values().length;

  private final @Nullable Object[] values = new Object[COUNT];
  private final long[] weights = new long[COUNT];
  private boolean empty = true;

  void clear() {
    if (!empty) {
      Arrays.fill(values, null);
      Arrays.fill(weights, 0);
      empty = true;
    }
  }

  boolean isEmpty() {
    return empty;
  }

  /** An HTML presentational attribute, which is weaker than any rule. */
  void hint(CssProperty property, Object value) {
    put(property, value, 1);
  }

  /** Without iterators, which would use most of the memory for a page with many rules. */
  void add(StyleSheets.Rule rule) {
    long weight = (long) (rule.selector().specificity() & 0xFFFFFF) << 24 | rule.order() + 2;
    List<CssDeclaration> declarations = rule.declarations();
    for (int i = 0; i < declarations.size(); i++) {
      add(declarations.get(i), weight);
    }
  }

  void addInline(CssDeclaration declaration) {
    add(declaration, 1L << 60);
  }

  private void add(CssDeclaration declaration, long weight) {
    put(
        declaration.property(),
        declaration.value(),
        declaration.important() ? weight | 1L << 61 : weight);
  }

  private void put(CssProperty property, Object value, long weight) {
    int at = property.ordinal();
    if (weight >= weights[at]) {
      weights[at] = weight;
      values[at] = value;
      empty = false;
    }
  }

  @Nullable Object get(CssProperty property) {
    return values[property.ordinal()];
  }

  @Nullable CssLength length(CssProperty property) {
    return values[property.ordinal()] instanceof CssLength length ? length : null;
  }

  boolean is(CssProperty property) {
    return Boolean.TRUE.equals(values[property.ordinal()]);
  }

  String word(CssProperty property) {
    return values[property.ordinal()] instanceof String word ? word : "";
  }
}
