package org.byoemail.platform.access;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next the cursor of the next page; null on the last one
 */
public record Page<T>(List<T> items, @Nullable String next) {

  /**
   * Makes a page from the rows of a query with a limit of one more than the page shows.
   *
   * @param limit how many items the page shows at most
   * @param cursor reads the cursor of a row
   * @param item what the page shows of a row
   */
  public static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, Object> cursor, Function<R, T> item) {
    boolean more = rows.size() > limit;
    List<R> shown = more ? rows.subList(0, limit) : rows;
    String next = more ? String.valueOf(cursor.apply(shown.get(limit - 1))) : null;
    return new Page<>(shown.stream().map(item).toList(), next);
  }
}
