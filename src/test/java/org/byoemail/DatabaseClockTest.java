package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The texts of the statements: all say what time it is in one way. */
class DatabaseClockTest {
  private static final Path SOURCES = Path.of("src/main");

  /** A time of the transaction, which is old behind a lock; of a node; or without a zone. */
  private static final Pattern OTHER_CLOCK =
      Pattern.compile(
          ":now\\b|(?<![\\w.])now\\(\\)|\\b(current_timestamp|current_date|localtimestamp"
              + "|transaction_timestamp|clock_timestamp)\\b|claims\\?method=(now|until)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern NODES_TIME =
      Pattern.compile(
          "SqlTimestamps\\.parameter\\(\\s*clock|Timestamp\\.from\\(\\s*clock|setTimestamp\\(");

  /** The Date field of a mail and when a server received it: they are not ours. */
  private static final Set<String> TIMES_OF_OTHERS =
      Set.of("MessageRows.java", "InboundMailRows.java");

  @Test
  void statementsSayStatementTimestamp() throws IOException {
    List<String> found = linesWith(OTHER_CLOCK, Set.of());

    assertThat(found).isEmpty();
  }

  @Test
  void noTimeOfANodeIsAParameter() throws IOException {
    List<String> found = linesWith(NODES_TIME, TIMES_OF_OTHERS);

    assertThat(found).isEmpty();
  }

  @Test
  void mistakesAreFound() {
    assertThat("WHERE due_at <= :now").containsPattern(OTHER_CLOCK);
    assertThat("seen_at = now()").containsPattern(OTHER_CLOCK);
    assertThat(".param(\"at\", SqlTimestamps.parameter(clock.instant()))")
        .containsPattern(NODES_TIME);
  }

  private static List<String> linesWith(Pattern pattern, Set<String> allowed) throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(java|sql|yaml)"))
          .filter(file -> !allowed.contains(file.getFileName().toString()))
          .flatMap(
              file ->
                  lines(file).stream()
                      .filter(line -> pattern.matcher(line).find())
                      .map(line -> file + ": " + line.strip()))
          .toList();
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
