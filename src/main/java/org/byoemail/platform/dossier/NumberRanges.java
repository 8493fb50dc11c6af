package org.byoemail.platform.dossier;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Numbers of entries as ranges {@code [first, last]}, as an entry about an erasure names them. For
 * one thread.
 */
final class NumberRanges {
  /** The last number of each range by its first; no two of them overlap. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

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

  /** Adds ranges. */
  void add(JsonNode more) {
    for (JsonNode range : more) {
      add(range.path(0).asLong(), range.path(1).asLong());
    }
  }

  /** Adds a range; none if it ends before it begins. */
  void add(long first, long last) {
    if (last < first) {
      return;
    }
    long from = first;
    long to = last;
    Map.Entry<Long, Long> before = ranges.floorEntry(to);
    while (before != null && before.getValue() >= from) {
      from = Math.min(from, before.getKey());
      to = Math.max(to, before.getValue());
      ranges.remove(before.getKey());
      before = ranges.floorEntry(to);
    }
    ranges.put(from, to);
  }

  boolean contains(long number) {
    Map.Entry<Long, Long> range = ranges.floorEntry(number);
    return range != null && number <= range.getValue();
  }
}
