package org.byoemail.console;

import java.util.List;

/** A part of a list, made of one row more than it shows. */
record Slice<T>(List<T> rows, boolean hasMore) {

  static <T> Slice<T> of(List<T> rows, int size) {
    return rows.size() > size ? new Slice<>(rows.subList(0, size), true) : new Slice<>(rows, false);
  }
}
