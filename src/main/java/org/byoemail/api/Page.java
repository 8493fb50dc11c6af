package org.byoemail.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next what to give as {@code cursor} for the part behind it; null: there is none
 */
record Page<T>(List<T> items, @Nullable String next) {

  /**
   * Makes a page of one row more than was asked for.
   *
   * @param cursor reads the cursor of a row
   */
  static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, Object> cursor, Function<R, T> item) {
    boolean more = rows.size() > limit;
    List<R> shown = more ? rows.subList(0, limit) : rows;
    String next = more ? String.valueOf(cursor.apply(shown.get(limit - 1))) : null;
    return new Page<>(shown.stream().map(item).toList(), next);
  }
}
