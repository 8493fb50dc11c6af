package org.byoemail.platform.restore;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A copy of the counter of a database, kept outside of it.
 *
 * @param counter as it was committed
 * @param position no event has had a position above this one
 */
record CounterCopy(long counter, long position) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18}) (\\d{1,18})\\s*");

  /** The higher of both, each by itself. */
  CounterCopy max(CounterCopy other) {
    return new CounterCopy(Math.max(counter, other.counter), Math.max(position, other.position));
  }

  String text() {
    return counter + " " + position;
  }

  /** What {@link #text} wrote; empty for anything else, which proves nothing. */
  static Optional<CounterCopy> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new CounterCopy(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
        : Optional.empty();
  }
}
