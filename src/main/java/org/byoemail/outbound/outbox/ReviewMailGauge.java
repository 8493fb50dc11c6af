package org.byoemail.outbound.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many mails to reviewers failed and were not sent since, of reviews that still wait: over all
 * nodes, asked of the database at most every 10 s, and unknown (NaN) while that is away.
 */
@Component
class ReviewMailGauge {
  private static final Duration FRESH = Duration.ofSeconds(10);

  ReviewMailGauge(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    CachedQuery<Double> failing =
        new CachedQuery<>(
            () ->
                jdbc.sql(
                        """
                        SELECT count(*) FROM review_mail m JOIN outbound_review r ON r.id = m.review_id
                        WHERE m.last_error IS NOT NULL AND m.sent_at IS NULL AND r.state = 'requested'
                        """)
                    .query(Double.class)
                    .single(),
            Double.NaN,
            FRESH,
            clock);
    Gauge.builder("byo.review.mails.failing", failing, CachedQuery::get)
        .strongReference(true)
        .description("mails to reviewers that could not be sent, of reviews that still wait")
        .register(meters);
  }
}
