package org.byoemail.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.support.ProgramUnderTest;

/**
 * Runs a bench with this checkout's jar and another one in turn, each time in a JVM and with data
 * of its own, and tells the ratios of what it costs. Which of them begins alternates: a machine
 * becomes slower or faster while it is used.
 */
final class Comparison {
  /** What this checkout reaches of the other jar, or more. */
  private static final double LINE = 0.97;

  /** Whether a larger figure is a better one. */
  private record Figure(String key, boolean more) {}

  private static final Map<String, List<Figure>> FIGURES =
      Map.of(
          "outbound",
          List.of(
              more("per_second"),
              less("cpu_ms_per_message"),
              less("statements_per_message"),
              less("rss_mb")),
          "outbound-latency",
          List.of(
              more("per_second"),
              less("cpu_ms_per_message"),
              less("statements_per_message"),
              less("rss_mb")),
          "inbound",
          List.of(
              more("mails_per_second"),
              less("gateway_cpu_ms_per_mail"),
              less("statements_per_mail"),
              less("rss_mb")),
          "poll",
          List.of(
              less("nothing_new_ms"),
              less("ten_new_ms"),
              less("cpu_ms_per_look"),
              less("statements_per_look"),
              less("rss_mb")),
          "push",
          List.of(
              less("event_after_raw_notice_median_ms"),
              less("event_after_raw_notice_p99_ms"),
              less("cpu_ms_per_mail"),
              less("statements_per_mail"),
              less("rss_mb")),
          "watch",
          List.of(
              less("ssl_all_watched_s"),
              less("ssl_rss_mb"),
              less("ssl_cpu_percent_of_a_core"),
              less("none_all_watched_s"),
              less("none_rss_mb"),
              less("none_cpu_percent_of_a_core")),
          "claim",
          List.of(
              less("thousand_waiting_ms"),
              less("million_waiting_ms"),
              less("expired_first_ms"),
              less("nine_in_ten_not_due_ms"),
              less("oldest_of_million_ms")),
          "start",
          List.of(
              less("embedded_seconds"),
              less("with_services_seconds"),
              less("extracted_with_services_seconds")),
          "inspect",
          List.of(more("mails_per_s"), less("start_s")));

  private final String bench;
  private final Path other;
  private final int rounds;
  private final List<String> options;

  Comparison(String bench, Path other, int rounds, Map<String, String> options) {
    if (!FIGURES.containsKey(bench)) {
      throw new IllegalArgumentException(
          bench + " cannot be compared, these can: " + String.join(", ", FIGURES.keySet()));
    }
    if (!Files.isRegularFile(other)) {
      throw new IllegalArgumentException("against=" + other + " is no file");
    }
    ProgramUnderTest.routesOf(other);
    this.bench = bench;
    this.other = other.toAbsolutePath();
    this.rounds = rounds;
    this.options =
        options.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted().toList();
  }

  private static Figure more(String key) {
    return new Figure(key, true);
  }

  private static Figure less(String key) {
    return new Figure(key, false);
  }

  /** Compares; every round tells what it has found. */
  void run(Report report) throws IOException, InterruptedException {
    List<Map<String, Double>> ratios = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      boolean ownFirst = round % 2 == 1;
      Map<String, Double> first = measure(ownFirst ? ProgramUnderTest.jar() : other);
      Map<String, Double> second = measure(ownFirst ? other : ProgramUnderTest.jar());
      Map<String, Double> own = ownFirst ? first : second;
      Map<String, Double> others = ownFirst ? second : first;
      Map<String, Double> found = new HashMap<>();
      for (Figure figure : FIGURES.get(bench)) {
        Double ours = own.get(figure.key());
        Double theirs = others.get(figure.key());
        if (ours == null || theirs == null) {
          continue;
        }
        report.figure(
            "round_" + round + "_" + figure.key(),
            String.format(Locale.ROOT, "%.3f here, %.3f there", ours, theirs));
        found.put(figure.key(), figure.more() ? ours / theirs : theirs / ours);
      }
      ratios.add(found);
    }
    for (Figure figure : FIGURES.get(bench)) {
      List<Double> all =
          ratios.stream()
              .map(round -> round.get(figure.key()))
              .filter(ratio -> ratio != null && Double.isFinite(ratio))
              .sorted()
              .toList();
      if (!all.isEmpty()) {
        report.figure(
            "ratios_of_" + figure.key(),
            all.stream()
                .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio))
                .collect(Collectors.joining(" ")));
        report.atLeast("ratio_of_" + figure.key(), median(all), LINE);
      }
    }
  }

  private static double median(List<Double> sorted) {
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** The figures of one run. */
  private Map<String, Double> measure(Path jar) throws IOException, InterruptedException {
    System.out.println(jar);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Xmx1g",
                "-D" + ProgramUnderTest.PROPERTY + "=" + jar,
                "-cp",
                System.getProperty("java.class.path"),
                Bench.class.getName(),
                bench,
                "references=0"));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread end = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(end);
    Map<String, Double> figures = new HashMap<>();
    StringBuilder said = new StringBuilder();
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.append(line).append('\n');
        String[] parts = line.split(": ", 2);
        if (parts.length == 2 && parts[1].matches("-?[0-9.]+")) {
          figures.put(parts[0], Double.valueOf(parts[1]));
        }
        if (line.startsWith("  ")) {
          // Statements, by request.
          System.out.println(line);
        }
      }
    }
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(end);
    // 1: it misses a line of its own, which does not matter here.
    if (status > 1 || figures.isEmpty()) {
      throw new IllegalStateException(jar + " could not be measured (" + status + "):\n" + said);
    }
    return figures;
  }
}
