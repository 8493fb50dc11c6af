package org.byoemail.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.byoemail.mail.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many accounts cannot send now, over all nodes: asked of the database at most every 10 s, and
 * unknown (NaN) while that is away.
 */
@Component
class SendingGauges {
  private static final Logger LOG = LoggerFactory.getLogger(SendingGauges.class);
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);

  private record Counts(double backingOff, double waiting, double paused, Instant until) {}

  private final JdbcClient jdbc;
  private final Clock clock;
  private Counts counts = new Counts(Double.NaN, Double.NaN, Double.NaN, Instant.MIN);

  SendingGauges(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.clock = clock;
    Gauge.builder("byo.outbound.accounts", this, gauges -> gauges.counts().backingOff())
        .tag("state", "backoff")
        .register(meters);
    Gauge.builder("byo.outbound.accounts", this, gauges -> gauges.counts().waiting())
        .tag("state", "limit")
        .register(meters);
    Gauge.builder("byo.outbound.paused", this, gauges -> gauges.counts().paused()).register(meters);
  }

  private synchronized Counts counts() {
    Instant now = clock.instant();
    if (now.isBefore(counts.until())) {
      return counts;
    }
    Instant until = now.plus(KNOWN_FOR);
    try {
      counts =
          jdbc.sql(
                  """
                  SELECT (SELECT count(*) FROM account_health WHERE side = 'smtp' AND backoff_until > :now) AS backoff,
                    (SELECT count(*) FROM account_sending WHERE next_send_at > :now) AS waiting,
                    (SELECT count(*) FROM sending_pause) AS paused
                  """)
              .param("now", Times.parameter(now))
              .query(
                  (row, number) ->
                      new Counts(
                          row.getDouble("backoff"),
                          row.getDouble("waiting"),
                          row.getDouble("paused"),
                          until))
              .single();
    } catch (DataAccessException e) {
      LOG.debug("accounts cannot be counted: {}", e.getMessage());
      counts = new Counts(Double.NaN, Double.NaN, Double.NaN, until);
    }
    return counts;
  }
}
