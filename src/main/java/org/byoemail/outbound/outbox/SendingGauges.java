package org.byoemail.outbound.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.byoemail.outbound.delivery.QueueAge;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many accounts cannot send now, and how long mail waits that could: over all nodes, asked of
 * the database at most every 10 s, and unknown (NaN) while that is away.
 */
@Component
class SendingGauges {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private static final int MAX_COUNTED = 10_000;

  private record State(
      double backingOff,
      double waiting,
      double paused,
      double held,
      double deadLetters,
      double queueAge,
      InReview inReview) {
    static final State UNKNOWN =
        new State(
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            new InReview(Double.NaN, Double.NaN, Double.NaN, Double.NaN));
  }

  /**
   * Mails that wait for a reviewer, how many seconds the oldest has waited (0 if none waits), and
   * mails to their reviewers that could not be sent, or wait for the next hour.
   */
  private record InReview(double mails, double age, double failingMails, double limitedMails) {}

  private final JdbcClient jdbc;
  private final QueueAge queueAge;
  private final CachedQuery<State> state;

  SendingGauges(JdbcClient jdbc, QueueAge queueAge, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.queueAge = queueAge;
    this.state = new CachedQuery<>(this::query, State.UNKNOWN, FRESH, clock);
    Gauge.builder("byo.outbound.accounts", this, gauges -> gauges.state.get().backingOff())
        .tag("state", "backoff")
        .register(meters);
    Gauge.builder("byo.outbound.accounts", this, gauges -> gauges.state.get().waiting())
        .tag("state", "limit")
        .register(meters);
    Gauge.builder("byo.outbound.paused", this, gauges -> gauges.state.get().paused())
        .register(meters);
    Gauge.builder("byo.outbound.held", this, gauges -> gauges.state.get().held())
        .description("messages that wait for a person's decision; at most 10,000 are counted")
        .register(meters);
    Gauge.builder("byo.outbound.in.review", this, gauges -> gauges.state.get().inReview().mails())
        .description("mails that a person reviews before they are sent; at most 10,000 are counted")
        .register(meters);
    Gauge.builder("byo.outbound.review.age", this, gauges -> gauges.state.get().inReview().age())
        .baseUnit("seconds")
        .description("for how long the oldest mail has waited for its review; 0 if none does")
        .register(meters);
    Gauge.builder(
            "byo.review.mails.failing",
            this,
            gauges -> gauges.state.get().inReview().failingMails())
        .description("mails to reviewers that could not be sent, whose versions await a decision")
        .register(meters);
    Gauge.builder(
            "byo.review.mails.limited",
            this,
            gauges -> gauges.state.get().inReview().limitedMails())
        .description(
            "mails to reviewers that wait for the next hour: their organization's limit is reached")
        .register(meters);
    Gauge.builder("byo.outbound.dead.letters", this, gauges -> gauges.state.get().deadLetters())
        .description("messages that failed and rejected submissions; at most 10,000 are counted")
        .register(meters);
    Gauge.builder("byo.outbound.queue.age", this, gauges -> gauges.state.get().queueAge())
        .baseUnit("seconds")
        .description("how long the oldest delivery has waited that might leave")
        .register(meters);
  }

  private State query() {
    double age = queueAge.oldest().toMillis() / 1000.0;
    return jdbc.sql(
            """
            WITH unsent AS NOT MATERIALIZED (
              SELECT m.waits_for_hour FROM review_mail m JOIN outbound_review r ON r.id = m.review_id
              WHERE m.last_error IS NOT NULL AND m.sent_at IS NULL AND r.state = 'requested' AND r.version = m.version)
            SELECT (SELECT count(*) FROM account_health WHERE side = 'smtp' AND backoff_until > statement_timestamp()) AS backoff,
              (SELECT count(*) FROM account_sending WHERE next_send_at > statement_timestamp()) AS waiting,
              (SELECT count(*) FROM sending_pause) AS paused,
              (SELECT count(*) FROM (SELECT 1 FROM outbound_submission WHERE status = 'held' LIMIT :most) held) AS held,
              (SELECT count(*) FROM (SELECT 1 FROM outbound_review WHERE state = 'requested' LIMIT :most) asked) AS in_review,
              (SELECT coalesce(extract(epoch FROM statement_timestamp() - min(requested_at)), 0) FROM outbound_review
                WHERE state = 'requested') AS review_age,
              (SELECT count(*) FROM (SELECT 1 FROM unsent WHERE NOT waits_for_hour LIMIT :most) failing)
                AS failing_review_mails,
              (SELECT count(*) FROM (SELECT 1 FROM unsent WHERE waits_for_hour LIMIT :most) limited)
                AS limited_review_mails,
              (SELECT count(*) FROM (
                (SELECT 1 FROM outbound_submission
                  WHERE status IN ('failed', 'partially_failed', 'expired') LIMIT :most)
                UNION ALL (SELECT 1 FROM rejected_submission LIMIT :most) LIMIT :most) lost) AS dead_letters
            """)
        .param("most", MAX_COUNTED)
        .query(
            (row, number) ->
                new State(
                    row.getDouble("backoff"),
                    row.getDouble("waiting"),
                    row.getDouble("paused"),
                    row.getDouble("held"),
                    row.getDouble("dead_letters"),
                    age,
                    new InReview(
                        row.getDouble("in_review"),
                        row.getDouble("review_age"),
                        row.getDouble("failing_review_mails"),
                        row.getDouble("limited_review_mails"))))
        .single();
  }
}
