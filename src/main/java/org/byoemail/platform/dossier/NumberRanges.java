package org.byoemail.platform.dossier;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Numbers of entries as ranges {@code [first, last]}, as an entry about an erasure names them. */
final class NumberRanges {
  private NumberRanges() {}

  static List<List<Long>> of(Collection<Long> numbers) {
    List<List<Long>> ranges = new ArrayList<>();
    long first = 0;
    long last = 0;
    for (long number : new TreeSet<>(numbers)) {
      if (first != 0 && number == last + 1) {
        last = number;
        continue;
      }
      if (first != 0) {
        ranges.add(List.of(first, last));
      }
      first = number;
      last = number;
    }
    if (first != 0) {
      ranges.add(List.of(first, last));
    }
    return ranges;
  }

  static boolean contain(JsonNode ranges, long number) {
    for (JsonNode range : ranges) {
      if (range.path(0).asLong() <= number && number <= range.path(1).asLong()) {
        return true;
      }
    }
    return false;
  }
}
