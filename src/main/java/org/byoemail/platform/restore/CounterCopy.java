package org.byoemail.platform.restore;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A copy of the database's counter, stored elsewhere.
 *
 * @param counter as it was committed
 * @param position no event has had a position above this one
 */
record CounterCopy(long counter, long position) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18}) (\\d{1,18})\\s*");

  /** The maximum of each value. */
  CounterCopy max(CounterCopy other) {
    return new CounterCopy(Math.max(counter, other.counter), Math.max(position, other.position));
  }

  String text() {
    return counter + " " + position;
  }

  /** Parses what {@link #text} wrote; empty for anything else. */
  static Optional<CounterCopy> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new CounterCopy(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
        : Optional.empty();
  }
}
