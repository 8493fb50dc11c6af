package org.byoemail.format.report.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Lists of words that are kept as text, in {@code src/main/resources/bounce}: a phrase a line in
 * lower case, {@code #} for comments, and {@code [name]} where a list starts.
 */
public final class WordLists {
  private WordLists() {}

  /** The lines of a file, without comments and empty ones. */
  public static List<String> lines(String file) {
    try (InputStream in = WordLists.class.getResourceAsStream("/bounce/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its file bounce/" + file);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read bounce/" + file, e);
    }
  }

  /** One list of {@code wording.txt}. */
  public static List<String> wording(String name) {
    List<String> lines = lines("wording.txt");
    int start = lines.indexOf("[" + name + "]");
    if (start < 0) {
      throw new IllegalStateException("bounce/wording.txt has no list " + name);
    }
    return lines.stream().skip(start + 1L).takeWhile(line -> !isHead(line)).toList();
  }

  /** A phrase may start with a bracket, as what mail programs put in front of a subject does. */
  private static boolean isHead(String line) {
    return line.startsWith("[") && line.endsWith("]");
  }
}
