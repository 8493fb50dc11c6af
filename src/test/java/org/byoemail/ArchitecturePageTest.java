package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page from which a newcomer starts names files that exist, and walks that stay short. */
class ArchitecturePageTest {
  private static final Path SOURCES = Path.of("src/main/java/org/byoemail");
  private static final Pattern PLACE =
      Pattern.compile(
          "`((?:format|platform|account|inbound|outbound|webhook|operations|api|connect|console|guide)/[\\w/]+)`");
  private static final Pattern ROUTE = Pattern.compile("`([\\w/-]+\\.camel\\.yaml)`");
  private static final Pattern STEP = Pattern.compile("(?m)^\\| (\\d+) \\|");

  private static final Pattern FILES_OF_STEP = Pattern.compile("(?m)^\\| \\d+ \\|([^|]*)\\|");
  private static final Pattern FILE = Pattern.compile("`[^`]+`");

  private final String page = read();

  @Test
  void placesExist() {
    List<String> places = found(PLACE, page).map(match -> match.group(1)).distinct().toList();

    assertThat(places).hasSizeGreaterThan(80);
    assertThat(places)
        .allMatch(
            place ->
                Files.exists(SOURCES.resolve(place + ".java"))
                    || Files.isDirectory(SOURCES.resolve(place)));
  }

  @Test
  void routesExist() {
    assertThat(found(ROUTE, page).map(match -> match.group(1)).distinct())
        .isNotEmpty()
        .allMatch(route -> Files.exists(Path.of("routes", route)));
  }

  @ParameterizedTest
  @CsvSource({
    "A submission is sent, 45",
    "New mail is ingested, 45",
    "A bounce fails its attempt, 22"
  })
  void walkNamesFewFiles(String title, int most) {
    String walk = page.substring(page.indexOf("### " + title));
    walk = walk.substring(0, walk.indexOf("\n#", 1));

    List<Integer> steps = found(STEP, walk).map(match -> Integer.valueOf(match.group(1))).toList();

    assertThat(found(FILE, String.join("\n", fileColumns(walk))).toList())
        .hasSizeBetween(most / 2, most);
    for (int i = 0; i < steps.size(); i++) {
      assertThat(steps.get(i)).isEqualTo(i + 1);
    }
  }

  private static List<String> fileColumns(String walk) {
    return found(FILES_OF_STEP, walk).map(match -> match.group(1)).toList();
  }

  private static Stream<MatchResult> found(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  private static String read() {
    try {
      return Files.readString(Path.of("docs/architecture.md"));
    } catch (IOException e) {
      throw new IllegalStateException("docs/architecture.md cannot be read", e);
    }
  }
}
