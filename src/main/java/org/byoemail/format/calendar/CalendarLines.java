package org.byoemail.format.calendar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the lines of a calendar (RFC 5545 section 3.1): unfolds them and splits them into their
 * parts.
 */
final class CalendarLines {
  private static final int MAX_LINES = 20_000;
  private static final int MAX_LENGTH = 20_000;

  private CalendarLines() {}

  /**
   * A line.
   *
   * @param name in upper case
   * @param parameters what stands between name and value, as it was sent
   * @param value as it was sent
   */
  record Line(String name, String parameters, String value) {
    boolean is(String wanted) {
      return name.equals(wanted);
    }

    boolean is(String wanted, String wantedValue) {
      return name.equals(wanted) && value.strip().equalsIgnoreCase(wantedValue);
    }

    /** A parameter without its quotes; empty if it is missing. */
    String parameter(String wanted) {
      boolean quoted = false;
      int start = 0;
      for (int i = 0; i <= parameters.length(); i++) {
        boolean end = i == parameters.length();
        quoted ^= !end && parameters.charAt(i) == '"';
        if (end || parameters.charAt(i) == ';' && !quoted) {
          String[] pair = parameters.substring(start, i).split("=", 2);
          if (pair.length == 2 && pair[0].strip().equalsIgnoreCase(wanted)) {
            return pair[1].replace("\"", "").strip();
          }
          start = i + 1;
        }
      }
      return "";
    }

    /** The value as text, with its escapes undone (section 3.3.11). */
    String text() {
      return value
          .replaceAll("\\\\[nN]", "\n")
          .replaceAll("\\\\([,;:\\\\\"])", "$1")
          .replace("\0", "")
          .strip();
    }
  }

  static List<Line> read(String calendar) {
    List<Line> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String raw : calendar.split("\r\n|[\r\n]", MAX_LINES)) {
      if (raw.startsWith(" ") || raw.startsWith("\t")) {
        if (line.length() < MAX_LENGTH) {
          line.append(raw, 1, Math.min(raw.length(), MAX_LENGTH));
        }
        continue;
      }
      add(line, lines);
      line.setLength(0);
      line.append(raw, 0, Math.min(raw.length(), MAX_LENGTH));
    }
    add(line, lines);
    return lines;
  }

  private static void add(StringBuilder line, List<Line> lines) {
    boolean quoted = false;
    int nameEnd = -1;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      quoted ^= c == '"';
      if (nameEnd < 0 && (c == ';' || c == ':')) {
        nameEnd = i;
      }
      if (c == ':' && !quoted) {
        String name = line.substring(0, nameEnd).strip().toUpperCase(Locale.ROOT);
        String parameters = nameEnd < i ? line.substring(nameEnd + 1, i) : "";
        lines.add(new Line(name, parameters, line.substring(i + 1)));
        return;
      }
    }
  }
}
