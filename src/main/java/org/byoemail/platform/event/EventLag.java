package org.byoemail.platform.event;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How long the oldest event has waited to be published, of all nodes. */
@Component
class EventLag {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  // The gauge itself holds it weakly.
  private final CachedQuery<Double> lag;

  EventLag(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.lag = new CachedQuery<>(this::query, Double.NaN, FRESH, clock);
    Gauge.builder("byo.event.lag", lag, CachedQuery::get)
        .baseUnit("seconds")
        .description("how long the oldest event has waited to be published")
        .register(meters);
  }

  private double query() {
    return jdbc.sql(
            """
            SELECT coalesce(extract(epoch FROM statement_timestamp() - created_at), 0)
            FROM (VALUES (1)) always LEFT JOIN LATERAL (
              SELECT created_at FROM event WHERE position IS NULL ORDER BY recorded LIMIT 1) oldest ON true
            """)
        .query(Double.class)
        .single();
  }
}
