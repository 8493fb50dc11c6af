package org.byoemail.outbound.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.byoemail.outbound.delivery.QueueAge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many accounts cannot send now, and how long mail waits that could: over all nodes, asked of
 * the database at most every 10 s, and unknown (NaN) while that is away.
 */
@Component
class SendingGauges {
  private static final Logger log = LoggerFactory.getLogger(SendingGauges.class);
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);

  private record State(
      double backingOff, double waiting, double paused, double queueAge, Instant until) {
    static State unknown(Instant until) {
      return new State(Double.NaN, Double.NaN, Double.NaN, Double.NaN, until);
    }
  }

  private final JdbcClient jdbc;
  private final QueueAge queueAge;
  private final Clock clock;
  private State state = State.unknown(Instant.MIN);

  SendingGauges(JdbcClient jdbc, QueueAge queueAge, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.queueAge = queueAge;
    this.clock = clock;
    Gauge.builder("byo.outbound.accounts", this, gauges -> gauges.state().backingOff())
        .tag("state", "backoff")
        .register(meters);
    Gauge.builder("byo.outbound.accounts", this, gauges -> gauges.state().waiting())
        .tag("state", "limit")
        .register(meters);
    Gauge.builder("byo.outbound.paused", this, gauges -> gauges.state().paused()).register(meters);
    Gauge.builder("byo.outbound.queue.age", this, gauges -> gauges.state().queueAge())
        .baseUnit("seconds")
        .description("how long the oldest delivery has waited that might leave")
        .register(meters);
  }

  private synchronized State state() {
    Instant now = clock.instant();
    if (now.isBefore(state.until())) {
      return state;
    }
    try {
      double age = queueAge.oldest().toMillis() / 1000.0;
      state =
          jdbc.sql(
                  """
                  SELECT (SELECT count(*) FROM account_health WHERE side = 'smtp' AND backoff_until > statement_timestamp()) AS backoff,
                    (SELECT count(*) FROM account_sending WHERE next_send_at > statement_timestamp()) AS waiting,
                    (SELECT count(*) FROM sending_pause) AS paused
                  """)
              .query(
                  (row, number) ->
                      new State(
                          row.getDouble("backoff"),
                          row.getDouble("waiting"),
                          row.getDouble("paused"),
                          age,
                          now.plus(KNOWN_FOR)))
              .single();
    } catch (DataAccessException e) {
      log.debug("what is to be sent cannot be counted: {}", e.getMessage());
      // It may have been waited for meanwhile.
      state = State.unknown(clock.instant().plus(KNOWN_FOR));
    }
    return state;
  }
}
