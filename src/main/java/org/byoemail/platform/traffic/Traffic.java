package org.byoemail.platform.traffic;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the counts of all nodes. Safe for use by many threads. */
@Component
public class Traffic {
  private final JdbcClient jdbc;

  Traffic(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A time up to now. */
  public enum Span {
    /** 60 minutes. */
    HOUR("minute", ChronoUnit.MINUTES, 60),
    /** 24 hours. */
    DAY("hour", ChronoUnit.HOURS, 24),
    /** 30 days of 24 hours, of which the last one ends with the present hour. */
    MONTH("hour", ChronoUnit.DAYS, 30);

    private final String step;
    private final ChronoUnit unit;
    private final int points;

    Span(String step, ChronoUnit unit, int points) {
      this.step = step;
      this.unit = unit;
      this.points = points;
    }

    private Instant start(Instant now) {
      ChronoUnit counted = this == HOUR ? ChronoUnit.MINUTES : ChronoUnit.HOURS;
      return now.truncatedTo(counted).plus(counted.getDuration()).minus(length());
    }

    private Duration length() {
      return unit.getDuration().multipliedBy(points);
    }
  }

  /**
   * Counts over time.
   *
   * @param times the begin of each point
   * @param counts by measure and label, each as long as the times
   */
  public record Series(List<Instant> times, Map<TrafficMeasure, Map<String, long[]>> counts) {
    /** The sum of a measure at each point. */
    public long[] sum(TrafficMeasure measure) {
      long[] sum = new long[times.size()];
      counts
          .getOrDefault(measure, Map.of())
          .values()
          .forEach(
              one -> {
                for (int i = 0; i < sum.length; i++) {
                  sum[i] += one[i];
                }
              });
      return sum;
    }

    /** All that was counted of a measure. */
    public long total(TrafficMeasure measure) {
      return LongStream.of(sum(measure)).sum();
    }
  }

  /** The counts of a span, with zeros where nothing was counted. */
  public Series of(Span span) {
    Instant start = span.start(databaseTime());
    long seconds = span.unit.getDuration().toSeconds();
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < span.points; i++) {
      times.add(start.plusSeconds(i * seconds));
    }
    Map<TrafficMeasure, Map<String, long[]>> counts = new EnumMap<>(TrafficMeasure.class);
    jdbc.sql(
            """
            SELECT measure, label, floor(extract(epoch FROM at - to_timestamp(:start)) / :seconds)::int AS point,
              sum(count)::bigint AS count
            FROM traffic WHERE step = :step AND at >= to_timestamp(:start)
            GROUP BY 1, 2, 3
            """)
        .param("step", span.step)
        .param("start", start.getEpochSecond())
        .param("seconds", seconds)
        .query(
            row -> {
              int point = row.getInt("point");
              if (point < span.points) {
                counts.computeIfAbsent(
                            TrafficMeasure.of(row.getString("measure")), measure -> new TreeMap<>())
                        .computeIfAbsent(row.getString("label"), label -> new long[span.points])[
                        point] =
                    row.getLong("count");
              }
            });
    return new Series(times, counts);
  }

  // By the clock that the counts are written by.
  private Instant databaseTime() {
    return jdbc.sql("SELECT statement_timestamp() AS now")
        .query((row, number) -> row.getTimestamp("now").toInstant())
        .single();
  }
}
