package org.byoemail.platform.cluster;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts nodes that ended within the last day without being stopped, and were not started again
 * under the same name.
 */
@Component
class NodesAway {
  private static final Duration FRESH = Duration.ofSeconds(5);

  // The gauge itself holds it weakly.
  private final CachedQuery<Double> away;

  NodesAway(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    // Nodes of versions that do not record their end do not report their Java either.
    this.away =
        new CachedQuery<>(
            () ->
                jdbc.sql(
                        """
                        SELECT count(*)::float8 FROM gateway_node g
                        WHERE g.ended_at IS NULL AND g.java IS NOT NULL
                          AND g.seen_at < statement_timestamp() - interval '30 s'
                          AND g.seen_at > statement_timestamp() - interval '1 day'
                          AND NOT EXISTS (SELECT FROM gateway_node later
                            WHERE later.name = g.name AND later.started_at > g.started_at)
                        """)
                    .query(Double.class)
                    .single(),
            Double.NaN,
            FRESH,
            clock);
    Gauge.builder("byo.nodes.away", away, CachedQuery::get)
        .description(
            "nodes that ended within the last day without being stopped, and did not start again")
        .register(meters);
  }
}
