package org.byoemail.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of a bench, and which lines they do not reach. Used by one thread. */
final class Report {
  private final PrintStream out;
  private final List<String> below = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void figure(String key, double value) {
    figure(key, String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.2f", value));
  }

  void figure(String key, String value) {
    out.println(key + ": " + value);
    out.flush();
  }

  /** A figure that must be so large. */
  void atLeast(String key, double value, double line) {
    figure(key, value);
    if (!(value >= line)) {
      below.add(String.format(Locale.ROOT, "%s is %.3f, to reach: %.3f", key, value, line));
    }
  }

  /** A figure that must not be larger. */
  void atMost(String key, double value, double line) {
    figure(key, value);
    if (!(value <= line)) {
      below.add(String.format(Locale.ROOT, "%s is %.3f, at most: %.3f", key, value, line));
    }
  }

  /** Prints what is not reached; the exit status. */
  int finish() {
    below.forEach(line -> out.println("below: " + line));
    return below.isEmpty() ? 0 : 1;
  }
}
