package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How many mails are quarantined, of all nodes; NaN while the database is away. */
@Component
class QuarantineGauge {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  // The gauge itself holds it weakly.
  private final CachedQuery<Double> size;

  QuarantineGauge(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.size = new CachedQuery<>(this::query, Double.NaN, FRESH, clock);
    Gauge.builder("byo.inbound.quarantined", size, CachedQuery::get)
        .description("mails in the quarantine")
        .register(meters);
  }

  private double query() {
    return jdbc.sql("SELECT count(*) FROM inbound_mail WHERE status = 'quarantined'")
        .query(Long.class)
        .single();
  }
}
