package org.byoemail.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.byoemail.platform.traffic.Traffic;
import org.byoemail.platform.traffic.TrafficMeasure;

/**
 * The charts of traffic.
 *
 * @param seconds the begin of each point, as a JSON array of Unix times
 */
record TrafficView(String span, List<String> spans, String seconds, List<Chart> charts) {
  /** The colours of the style sheet; further lines are summed as "others". */
  private static final int MAX_LINES = 6;

  private static final Map<String, String> FAILURES =
      Map.of(
          "deferred", "deferred by the server",
          "rejected", "rejected by the server",
          "unknown", "outcome unknown",
          "internal", "gateway failed",
          "none", "not sent");

  /**
   * A chart.
   *
   * @param empty the words if nothing was counted
   */
  record Chart(String title, String empty, List<Line> lines, List<Row> rows) {
    /** The counts as a JSON array of arrays. */
    public String numbers() {
      return lines.stream()
          .map(line -> Arrays.toString(line.counts()))
          .collect(Collectors.joining(",", "[", "]"));
    }
  }

  /** A line of a chart. */
  record Line(String name, long[] counts) {
    public long total() {
      return LongStream.of(counts).sum();
    }
  }

  /** A row of the table, with a count of each line. */
  record Row(DisplayTime at, List<Long> counts) {}

  static TrafficView of(Traffic traffic, Traffic.Span span) {
    Traffic.Series series = traffic.of(span);
    return new TrafficView(
        word(span),
        Arrays.stream(Traffic.Span.values()).map(TrafficView::word).toList(),
        series.times().stream().map(Instant::getEpochSecond).toList().toString(),
        List.of(
            chart(
                series,
                "Mail in and out",
                "No mail was received or sent.",
                total(
                    series,
                    Map.of("received", TrafficMeasure.RECEIVED, "sent", TrafficMeasure.SENT))),
            chart(
                series,
                "Failures by reason",
                "No attempt to send failed, and no mail bounced.",
                lines(series, TrafficMeasure.FAILED)),
            chart(
                series,
                "Deliveries by provider",
                "No mail was sent.",
                lines(series, TrafficMeasure.SENT))));
  }

  /** The span of a word; an hour if it is none. */
  static Traffic.Span span(String word) {
    return Arrays.stream(Traffic.Span.values())
        .filter(span -> word(span).equals(word))
        .findFirst()
        .orElse(Traffic.Span.HOUR);
  }

  private static String word(Traffic.Span span) {
    return span.name().toLowerCase(Locale.ROOT);
  }

  private static List<Line> total(Traffic.Series series, Map<String, TrafficMeasure> measures) {
    List<Line> lines =
        measures.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> new Line(entry.getKey(), series.sum(entry.getValue())))
            .toList();
    return lines.stream().allMatch(line -> line.total() == 0) ? List.of() : lines;
  }

  private static List<Line> lines(Traffic.Series series, TrafficMeasure measure) {
    List<Line> lines = new ArrayList<>();
    series
        .counts()
        .getOrDefault(measure, Map.of())
        .forEach((label, counts) -> lines.add(new Line(name(label), counts)));
    lines.sort(Comparator.comparingLong(Line::total).reversed());
    if (lines.size() <= MAX_LINES) {
      return lines;
    }
    List<Line> few = new ArrayList<>(lines.subList(0, MAX_LINES - 1));
    long[] others = new long[series.times().size()];
    for (Line line : lines.subList(MAX_LINES - 1, lines.size())) {
      Arrays.setAll(others, i -> others[i] + line.counts()[i]);
    }
    few.add(new Line("others", others));
    return few;
  }

  private static String name(String label) {
    return FAILURES.getOrDefault(label, label.replace('_', ' '));
  }

  private static Chart chart(Traffic.Series series, String title, String empty, List<Line> lines) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < series.times().size(); i++) {
      int point = i;
      List<Long> counts = lines.stream().map(line -> line.counts()[point]).toList();
      if (counts.stream().anyMatch(count -> count > 0)) {
        rows.add(new Row(DisplayTime.of(series.times().get(i)), counts));
      }
    }
    Collections.reverse(rows);
    return new Chart(title, empty, lines, rows);
  }
}
