package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each table is written by the statements of one feature: all others ask it to. */
class TableWritersTest {
  private static final Path JAVA = Path.of("src/main/java/org/byoemail");
  private static final Path SQL = Path.of("src/main/resources/sql");
  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

  /**
   * The features whose statements the routes run from files; a file that only reads is not here.
   */
  private static final Map<String, String> FEATURE_OF_FILE =
      Map.of("claim-deliveries.sql", "outbound.delivery");

  // UID COPY is a command of IMAP.
  private static final String WRITE =
      "(?<!UID )\\b(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|MERGE\\s+INTO|TRUNCATE|COPY)(?:\\s+ONLY|\\s+TABLE)?";

  private static final Pattern WRITTEN = Pattern.compile(WRITE + "\\s+([a-z_]+)\\b");

  /** A table whose name is put together, which this test could not see. */
  private static final Pattern NAME_APART =
      Pattern.compile(WRITE + "\\s*\"\\s*\\+|" + WRITE + "\\s+(%s|\\$\\{|:\\w)");

  private static final Pattern CREATED =
      Pattern.compile("CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?([a-z_]+)");

  /** A piece of source text with SQL in it. */
  private record Source(String feature, String text) {}

  @Test
  void eachTableHasOneWriter() {
    Map<String, Set<String>> writers = writers(program());

    assertThat(writers).allSatisfy((table, features) -> assertThat(features).hasSize(1));
  }

  @Test
  void noStatementIsOverlooked() {
    Map<String, Set<String>> writers = writers(program());

    assertThat(writers.keySet()).isEqualTo(tables());
    assertThat(program().stream().flatMap(TableWritersTest::namesApart)).isEmpty();
  }

  @Test
  void secondWriterIsFound() {
    Source owner = new Source("outbound.delivery", "UPDATE outbound_delivery d SET due = true");
    Source other =
        new Source(
            "outbound.outbox",
            """
            WITH gone AS (DELETE FROM outbound_delivery
              WHERE message_id = :id RETURNING message_id)
            INSERT
              INTO message_recipient (message_id) SELECT message_id FROM gone FOR NO KEY UPDATE
            """);

    Map<String, Set<String>> writers = writers(List.of(owner, other));

    assertThat(writers)
        .containsOnly(
            Map.entry("outbound_delivery", Set.of("outbound.delivery", "outbound.outbox")),
            Map.entry("message_recipient", Set.of("outbound.outbox")));
  }

  @Test
  void nameThatIsPutTogetherIsFound() {
    assertThat(namesApart(new Source("a.b", "jdbc.sql(\"UPDATE \" + table + \" SET a = 1\")")))
        .hasSize(1);
    assertThat(namesApart(new Source("a.b", "\"DELETE FROM %s WHERE id = 1\".formatted(table)")))
        .hasSize(1);
  }

  @Test
  void readsAndCommentsAreNoWrites() {
    assertThat(writers(List.of(new Source("a.b", "SELECT 1 FROM message FOR UPDATE OF m"))))
        .isEmpty();
    assertThat(withoutComments("-- UPDATE message\n  // COPY message\n * UPDATE message\nSELECT 1"))
        .isEqualTo("SELECT 1");
  }

  private static Map<String, Set<String>> writers(List<Source> sources) {
    Map<String, Set<String>> writers = new TreeMap<>();
    for (Source source : sources) {
      Matcher written = WRITTEN.matcher(source.text());
      while (written.find()) {
        writers.computeIfAbsent(written.group(1), table -> new TreeSet<>()).add(source.feature());
      }
    }
    return writers;
  }

  private static Stream<String> namesApart(Source source) {
    return NAME_APART
        .matcher(source.text())
        .results()
        .map(r -> source.feature() + ": " + r.group());
  }

  private static List<Source> program() {
    List<Source> sources = new ArrayList<>();
    for (Path file : files(JAVA, ".java")) {
      // The area and the feature in it, whatever its sub-packages.
      Path folder = JAVA.relativize(file.getParent());
      String feature =
          folder.subpath(0, Math.min(2, folder.getNameCount())).toString().replace('/', '.');
      sources.add(new Source(feature, withoutComments(read(file))));
    }
    for (Path file : files(SQL, ".sql")) {
      String name = file.getFileName().toString();
      sources.add(
          new Source(FEATURE_OF_FILE.getOrDefault(name, name), withoutComments(read(file))));
    }
    return sources;
  }

  private static Set<String> tables() {
    Set<String> tables = new TreeSet<>();
    for (Path file : files(MIGRATIONS, ".sql")) {
      Matcher created = CREATED.matcher(read(file));
      while (created.find()) {
        tables.add(created.group(1));
      }
    }
    return tables;
  }

  private static String withoutComments(String text) {
    return text.lines()
        .filter(line -> !line.strip().matches("(//|--|/?\\*).*"))
        .collect(Collectors.joining("\n"));
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
