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
  private final CachedQuery<Double> age;

  QuarantineGauge(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.size = new CachedQuery<>(() -> count("held_at IS NULL"), Double.NaN, FRESH, clock);
    this.held = new CachedQuery<>(() -> count("held_at IS NOT NULL"), Double.NaN, FRESH, clock);
    this.age = new CachedQuery<>(this::ageOfOldest, Double.NaN, FRESH, clock);
    Gauge.builder("byo.inbound.held.age", age, CachedQuery::get)
        .description("for how long the oldest mail has been held for review; 0 if none is")
        .baseUnit("seconds")
        .register(meters);
    Gauge.builder("byo.inbound.held", held, CachedQuery::get)
        .description("mails that are held for review")
        .register(meters);
    Gauge.builder("byo.inbound.quarantined", size, CachedQuery::get)
        .description("mails in the quarantine")
        .register(meters);
  }

  private double ageOfOldest() {
    return jdbc.sql(
            """
            SELECT coalesce(extract(epoch FROM statement_timestamp() - min(held_at)), 0) FROM inbound_mail
            WHERE status = 'quarantined' AND held_at IS NOT NULL
            """)
        .query(Double.class)
        .single();
  }

  private double count(String condition) {
    return jdbc.sql(
            "SELECT count(*) FROM inbound_mail WHERE status = 'quarantined' AND " + condition)
        .query(Long.class)
        .single();
  }
}
