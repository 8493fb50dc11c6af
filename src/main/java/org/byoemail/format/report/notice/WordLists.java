package org.byoemail.format.report.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Phrases that are kept as text, in {@code src/main/resources/bounce}: one a line, in lower case;
 * {@code #} starts a comment.
 */
public final class WordLists {
  private WordLists() {}

  /**
   * A line with something in it.
   *
   * @param number counted from 1
   * @param text without blanks at its ends
   */
  public record Line(String file, int number, String text) {
    /** For a malformed line. */
    public IllegalStateException invalid(String why) {
      return new IllegalStateException("bounce/%s:%d: %s".formatted(file, number, why));
    }
  }

  /** Read once: a dozen lists are asked for when the program starts. */
  private static final class Wording {
    static final Map<String, List<String>> LISTS = sections(lines("wording.txt"));
  }

  /** The lines of a file, without comments and empty ones. */
  public static List<Line> lines(String file) {
    try (InputStream in = WordLists.class.getResourceAsStream("/bounce/" + file)) {
      if (in == null) {
        throw new IllegalStateException("bounce/" + file + " is missing");
      }
      return lines(file, new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read bounce/" + file, e);
    }
  }

  static List<Line> lines(String file, BufferedReader reader) throws IOException {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String raw = reader.readLine(); raw != null; raw = reader.readLine()) {
      number++;
      String text = raw.strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        lines.add(new Line(file, number, text));
      }
    }
    return List.copyOf(lines);
  }

  /** A list of {@code wording.txt}: the lines below {@code [name]}. */
  public static List<String> wording(String name) {
    List<String> list = Wording.LISTS.get(name);
    if (list == null || list.isEmpty()) {
      throw new IllegalStateException("bounce/wording.txt has no list [" + name + "]");
    }
    return list;
  }

  private static Map<String, List<String>> sections(List<Line> lines) {
    Map<String, List<String>> sections = new HashMap<>();
    List<String> section = null;
    for (Line line : lines) {
      String text = line.text();
      // A phrase may start with a bracket, such as the prefix "[fwd:" of a subject.
      if (text.startsWith("[") && text.endsWith("]")) {
        section = new ArrayList<>();
        if (sections.put(text.substring(1, text.length() - 1), section) != null) {
          throw line.invalid("a duplicate list");
        }
      } else if (section == null) {
        throw line.invalid("a phrase above the first [name]");
      } else {
        section.add(text);
      }
    }
    return sections;
  }
}
