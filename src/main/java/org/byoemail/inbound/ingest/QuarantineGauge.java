package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many mails are quarantined and held for review, of all nodes; NaN while the database is away.
 */
@Component
class QuarantineGauge {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  // The gauges themselves hold them weakly.
  private final CachedQuery<Double> size;
  private final CachedQuery<Double> held;

  QuarantineGauge(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.size = new CachedQuery<>(() -> count("held_at IS NULL"), Double.NaN, FRESH, clock);
    this.held = new CachedQuery<>(() -> count("held_at IS NOT NULL"), Double.NaN, FRESH, clock);
    Gauge.builder("byo.inbound.held", held, CachedQuery::get)
        .description("mails that are held for review")
        .register(meters);
    Gauge.builder("byo.inbound.quarantined", size, CachedQuery::get)
        .description("mails in the quarantine")
        .register(meters);
  }

  private double count(String condition) {
    return jdbc.sql(
            "SELECT count(*) FROM inbound_mail WHERE status = 'quarantined' AND " + condition)
        .query(Long.class)
        .single();
  }
}
