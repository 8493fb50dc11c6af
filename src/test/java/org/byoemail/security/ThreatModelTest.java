package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each threat of docs/security.md has a defence, and tests that exist. */
class ThreatModelTest {
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+)`");

  @Test
  void everyThreatHasADefenceAndTestsThatExist() throws IOException {
    Set<String> classes = testClasses();
    List<String> wrong = new ArrayList<>();
    int threats = 0;
    boolean table = false;
    for (String line : Files.readAllLines(Path.of("docs/security.md"))) {
      if (!line.startsWith("|")) {
        table = false;
      } else if (line.startsWith("|---")) {
        table = true;
      } else if (!line.startsWith("| threat ")) {
        threats++;
        if (!table || !isComplete(line, classes)) {
          wrong.add(line);
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(threats).isGreaterThan(100);
  }

  private static boolean isComplete(String row, Set<String> classes) {
    String[] cells = row.substring(1).split("\\|");
    if (cells.length != 3 || cells[1].isBlank()) {
      return false;
    }
    List<String> named = CLASS.matcher(cells[2]).results().map(found -> found.group(1)).toList();
    return !named.isEmpty() && classes.containsAll(named);
  }

  private static Set<String> testClasses() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }
  }
}
