package org.byoemail.console;

import java.util.List;

/** A part of a list, made of one row more than it shows. */
record Part<T>(List<T> rows, boolean hasMore) {

  static <T> Part<T> of(List<T> rows, int size) {
    return rows.size() > size ? new Part<>(rows.subList(0, size), true) : new Part<>(rows, false);
  }
}
