package org.byoemail.webhook;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gauges of the webhooks of all organisations. */
@Component
class WebhookGauges {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  // The gauges themselves hold it weakly.
  private final CachedQuery<Numbers> numbers;

  WebhookGauges(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.numbers =
        new CachedQuery<>(
            this::query, new Numbers(Double.NaN, Double.NaN, Double.NaN), FRESH, clock);
    gauge(
        meters,
        "byo.webhook.failing",
        "webhooks whose receiver has failed for 15 minutes",
        Numbers::failing);
    gauge(meters, "byo.webhook.disabled", "webhooks that are disabled", Numbers::disabled);
    Gauge.builder("byo.webhook.lag", () -> numbers.get().lag())
        .baseUnit("seconds")
        .description("how long the oldest delivery to a working receiver has been due")
        .register(meters);
  }

  private record Numbers(double failing, double disabled, double lag) {}

  private void gauge(
      MeterRegistry meters, String name, String description, ToDoubleFunction<Numbers> number) {
    Gauge.builder(name, () -> number.applyAsDouble(numbers.get()))
        .description(description)
        .register(meters);
  }

  private Numbers query() {
    return jdbc.sql(
            """
            SELECT count(*) FILTER (WHERE disabled_at IS NULL AND paused_at IS NULL
                AND failing_since < statement_timestamp() - interval '15 minutes') AS failing,
              count(*) FILTER (WHERE disabled_at IS NOT NULL) AS disabled,
              coalesce(max(extract(epoch FROM statement_timestamp() - (SELECT min(d.due_at) FROM webhook_delivery d
                WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.claim_token IS NULL)))
                FILTER (WHERE disabled_at IS NULL AND paused_at IS NULL AND failures = 0), 0) AS lag
            FROM webhook w
            """)
        .query(
            (row, number) ->
                new Numbers(
                    row.getDouble("failing"),
                    row.getDouble("disabled"),
                    Math.max(0, row.getDouble("lag"))))
        .single();
  }
}
