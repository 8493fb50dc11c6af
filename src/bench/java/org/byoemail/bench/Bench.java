package org.byoemail.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.util.FileSystemUtils;

/**
 * What {@code bench/run} runs. A bench {@code some-name} is the class {@code SomeNameBench} of this
 * package; it checks that everything arrived exactly once before it reports a figure.
 */
public interface Bench {

  /**
   * Measures.
   *
   * @param dir a folder of its own, deleted afterwards
   * @param options what was given as key=value
   */
  void run(Path dir, Options options, Report report) throws Exception;

  /** Sizes that can be made smaller to try a bench out. */
  record Options(Map<String, String> given) {

    int number(String name, int otherwise) {
      return Integer.parseInt(given.getOrDefault(name, String.valueOf(otherwise)));
    }

    /** Whether what the figures are held against is measured, too. */
    boolean references() {
      return number("references", 1) > 0;
    }

    String text(String name, String otherwise) {
      return given.getOrDefault(name, otherwise);
    }
  }

  /** The exit status where there are no figures. */
  int FAILED = 2;

  /** Runs one by its name. */
  static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      System.err.println("usage: bench/run NAME [key=value...]; see bench/README.md");
      System.exit(2);
    }
    Bench bench = named(arguments[0]);
    Map<String, String> given =
        Arrays.stream(arguments)
            .skip(1)
            .map(word -> word.split("=", 2))
            .collect(Collectors.toMap(word -> word[0], word -> word[1]));
    Options options = new Options(given);
    if (given.containsKey("against")) {
      System.exit(compare(arguments[0], given));
    }
    Path dir = Files.createTempDirectory("byo-bench");
    Report report = new Report(System.out);
    int status;
    try {
      bench.run(dir, options, report);
      status = report.finish();
    } catch (Exception e) {
      // Not the status of a bench that has its figures and misses a line.
      e.printStackTrace();
      status = FAILED;
    } finally {
      FileSystemUtils.deleteRecursively(dir);
    }
    // Not by itself: libraries leave threads behind.
    System.exit(status);
  }

  private static int compare(String name, Map<String, String> given) throws Exception {
    Report report = new Report(System.out);
    Map<String, String> passedOn = new HashMap<>(given);
    Path other = Path.of(passedOn.remove("against"));
    // Each run leaves them out.
    passedOn.remove("references");
    String asked = passedOn.remove("rounds");
    int rounds = asked == null ? 4 : Integer.parseInt(asked);
    try {
      new Comparison(name, other, rounds, passedOn).run(report);
    } catch (IllegalArgumentException | IllegalStateException e) {
      System.err.println(e.getMessage());
      return FAILED;
    }
    return report.finish();
  }

  private static Bench named(String name) throws ReflectiveOperationException {
    String type =
        Arrays.stream(name.split("-"))
            .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
            .collect(Collectors.joining());
    try {
      return (Bench)
          Class.forName(Bench.class.getPackageName() + "." + type + "Bench")
              .getDeclaredConstructor()
              .newInstance();
    } catch (ClassNotFoundException e) {
      System.err.println("There is no bench named " + name + "; see bench/README.md");
      System.exit(2);
      throw e;
    }
  }
}
