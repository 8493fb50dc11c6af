package org.byoemail.platform.event;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How long the oldest event of all nodes has waited for its position and for its publication. */
@Component
class EventLag {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private static final String UNNUMBERED =
      "(SELECT created_at FROM event WHERE position IS NULL ORDER BY recorded LIMIT 1)";

  private static final String UNPUBLISHED =
      """
      (SELECT created_at FROM event WHERE published_at IS NULL
        AND position > (SELECT value FROM event_position WHERE name = 'published') ORDER BY position LIMIT 1)
      """;

  private final JdbcClient jdbc;
  // The gauges themselves hold them weakly.
  private final CachedQuery<Double> numbering;
  private final CachedQuery<Double> publishing;

  EventLag(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.numbering = new CachedQuery<>(() -> age(UNNUMBERED), Double.NaN, FRESH, clock);
    this.publishing =
        new CachedQuery<>(
            () -> age(UNNUMBERED + " UNION ALL " + UNPUBLISHED), Double.NaN, FRESH, clock);
    register("number", numbering, meters);
    register("publish", publishing, meters);
  }

  private static void register(String step, CachedQuery<Double> lag, MeterRegistry meters) {
    Gauge.builder("byo.event.lag", lag, CachedQuery::get)
        .tag("step", step)
        .baseUnit("seconds")
        .description("how long the oldest event has waited for its position or its publication")
        .register(meters);
  }

  private double age(String waiting) {
    return jdbc.sql(
            "SELECT coalesce(extract(epoch FROM statement_timestamp() - min(created_at)), 0) FROM (%s) waiting"
                .formatted(waiting))
        .query(Double.class)
        .single();
  }
}
