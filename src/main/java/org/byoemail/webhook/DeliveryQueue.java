package org.byoemail.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.webhook.WebhookDelivery.Attempted;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The queue of deliveries: created from numbered events, each claimed by one node, recovered from
 * stopped nodes, or given up. A webhook has at most one delivery of a message in progress on all
 * nodes, in the order of the events. Safe for use by many threads and nodes.
 *
 * <p>Commits need not be durable at once: after a crash the database lacks the last commits, and
 * deliveries are created or repeated from there in the same order.
 */
@Repository
class DeliveryQueue {
  private static final long LOCK = 0x62796f2d77656268L;
  private static final int MAX_EVENTS = 200;
  private static final int MAX_ROWS = 1_000;

  /** Consecutive failures after which the circuit opens. */
  static final int OPENS_AFTER = 5;

  private final JdbcClient jdbc;
  private final WebhookSettings settings;

  DeliveryQueue(JdbcClient jdbc, WebhookSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /** A claimed row. */
  record Row(
      UUID id,
      UUID webhook,
      UUID event,
      String type,
      OrganizationId organization,
      String url,
      int attempts,
      boolean slow,
      boolean connectLinks,
      boolean decides) {}

  private record Match(UUID webhook, UUID event) {}

  /**
   * The result of one check for events.
   *
   * @param inUse whether any webhook is enabled
   * @param more whether further events may wait
   */
  record Made(int deliveries, boolean inUse, boolean more) {
    static Made none(boolean inUse) {
      return new Made(0, inUse, false);
    }
  }

  /**
   * Creates deliveries of newly numbered events, on one node at a time, so that they are in the
   * order of positions.
   */
  @Transactional
  public Made make() {
    Turn turn = turn();
    if (turn != Turn.OURS) {
      return Made.none(turn == Turn.NOT_NOW);
    }
    forgettable();
    long from =
        jdbc.sql(
                """
                SELECT greatest(c.position, (SELECT min(since_position) FROM webhook WHERE disabled_at IS NULL))
                FROM webhook_cursor c
                """)
            .query(Long.class)
            .single();
    List<Long> positions =
        jdbc.sql(
                "SELECT position FROM event WHERE position > :from ORDER BY position LIMIT "
                    + MAX_EVENTS)
            .param("from", from)
            .query(Long.class)
            .list();
    if (positions.isEmpty()) {
      return Made.none(true);
    }
    long to = positions.get(positions.size() - 1);
    List<Match> matches =
        jdbc.sql(
                """
                SELECT w.id AS webhook, e.id AS event FROM event e
                JOIN webhook w ON w.disabled_at IS NULL AND e.position > w.since_position AND
                """
                    + EventMatch.SQL
                    + " WHERE e.position > :from AND e.position <= :to ORDER BY e.position")
            .param("from", from)
            .param("to", to)
            .query(Match.class)
            .list();
    insert(matches);
    jdbc.sql("UPDATE webhook_cursor SET position = :to").param("to", to).update();
    return new Made(matches.size(), true, positions.size() == MAX_EVENTS);
  }

  private enum Turn {
    NO_WEBHOOK,
    /** No event is new, or another node creates the deliveries. */
    NOT_NOW,
    OURS
  }

  private Turn turn() {
    return jdbc.sql(
            """
            SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM webhook WHERE disabled_at IS NULL) THEN 'NO_WEBHOOK'
              WHEN (SELECT position FROM webhook_cursor) >= (SELECT coalesce(max(position), 0) FROM event)
                OR NOT pg_try_advisory_xact_lock(:lock) THEN 'NOT_NOW'
              ELSE 'OURS' END
            """)
        .param("lock", LOCK)
        .query(Turn.class)
        .single();
  }

  private void insert(List<Match> matches) {
    if (matches.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO webhook_delivery (id, webhook_id, event_id, position, type, order_key, due_at, give_up_at, created_at)
            SELECT n.id, w.id, e.id, e.position, e.type, coalesce(e.message_id, e.account_id), statement_timestamp(),
              CASE WHEN w.paused_at IS NULL THEN statement_timestamp() + make_interval(secs => :retryFor)
                ELSE 'infinity' END, statement_timestamp()
            FROM unnest(:ids::uuid[], :webhooks::uuid[], :events::uuid[]) WITH ORDINALITY AS n (id, webhook, event, place)
            JOIN webhook w ON w.id = n.webhook JOIN event e ON e.id = n.event
            ORDER BY n.place
            """)
        .param("retryFor", settings.retryFor().toSeconds())
        .param("ids", matches.stream().map(match -> Ids.next()).toArray(UUID[]::new))
        .param("webhooks", matches.stream().map(Match::webhook).toArray(UUID[]::new))
        .param("events", matches.stream().map(Match::event).toArray(UUID[]::new))
        .update();
  }

  /**
   * Creates deliveries of earlier events, after those that wait.
   *
   * @return the events' positions, in order; at most {@code limit}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Long> replay(UUID webhook, Replay replay, int limit) {
    List<UUID> events =
        jdbc.sql(
                """
                SELECT e.id FROM event e JOIN webhook w ON w.id = :webhook AND
                """
                    + EventMatch.SQL
                    + """
                     WHERE e.position > :after AND e.position <= :to
                      AND (:event::uuid IS NULL OR e.id = :event)
                      AND (NOT :failedOnly OR EXISTS (SELECT 1 FROM webhook_delivery d
                        WHERE d.webhook_id = w.id AND d.event_id = e.id AND d.state = 'failed'))
                      AND NOT EXISTS (SELECT 1 FROM webhook_delivery d
                        WHERE d.webhook_id = w.id AND d.event_id = e.id AND d.state = 'waiting')
                    ORDER BY e.position LIMIT :limit
                    """)
            .param("webhook", webhook)
            .param("after", replay.after())
            .param("to", replay.to())
            .param("event", replay.event())
            .param("failedOnly", replay.failedOnly())
            .param("limit", limit)
            .query(UUID.class)
            .list();
    if (events.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            INSERT INTO webhook_delivery (id, webhook_id, event_id, position, type, order_key, replay, due_at, give_up_at,
              created_at)
            SELECT n.id, w.id, e.id, e.position, e.type, coalesce(e.message_id, e.account_id), true, statement_timestamp(),
              CASE WHEN w.paused_at IS NULL THEN statement_timestamp() + make_interval(secs => :retryFor)
                ELSE 'infinity' END, statement_timestamp()
            FROM unnest(:ids::uuid[], :events::uuid[]) WITH ORDINALITY AS n (id, event, place)
            JOIN webhook w ON w.id = :webhook JOIN event e ON e.id = n.event
            ORDER BY n.place RETURNING position
            """)
        .param("retryFor", settings.retryFor().toSeconds())
        .param("webhook", webhook)
        .param("ids", events.stream().map(event -> Ids.next()).toArray(UUID[]::new))
        .param("events", events.toArray(UUID[]::new))
        .query(Long.class)
        .list();
  }

  /**
   * Claims due deliveries, for one attempt each.
   *
   * @param quick how many for receivers whose last response was quick
   * @param slow how many for all other receivers
   */
  @Transactional
  public List<Row> claim(UUID token, int quick, int slow) {
    forgettable();
    // The table is empty at one moment and full at the next, so its statistics are often wrong.
    jdbc.sql(
            "SELECT set_config('enable_seqscan', 'off', true) || set_config('enable_bitmapscan',"
                + " 'off', true)")
        .query(String.class)
        .single();
    return jdbc.sql(
            """
            WITH RECURSIVE backlog AS (
              (SELECT webhook_id FROM webhook_delivery WHERE state = 'waiting' AND claim_token IS NULL
                ORDER BY webhook_id LIMIT 1)
              UNION ALL
              SELECT (SELECT d.webhook_id FROM webhook_delivery d
                WHERE d.state = 'waiting' AND d.claim_token IS NULL AND d.webhook_id > b.webhook_id
                ORDER BY d.webhook_id LIMIT 1)
              FROM backlog b WHERE b.webhook_id IS NOT NULL
            ), open AS (
              SELECT w.id, w.slow, random() AS place,
                CASE WHEN w.failures >= :opensAfter THEN 1 ELSE :perWebhook END - (
                  SELECT count(*) FROM webhook_delivery c WHERE c.webhook_id = w.id AND c.claim_token IS NOT NULL) AS share
              FROM backlog b JOIN webhook w ON w.id = b.webhook_id
              WHERE w.paused_at IS NULL AND w.disabled_at IS NULL
                AND (w.open_until IS NULL OR w.open_until <= statement_timestamp())
            ), found AS (
              SELECT d.id, o.slow, o.place FROM open o CROSS JOIN LATERAL (
                SELECT d.id FROM webhook_delivery d
                WHERE d.webhook_id = o.id AND d.state = 'waiting' AND d.claim_token IS NULL
                  AND d.due_at <= statement_timestamp()
                  AND NOT EXISTS (SELECT 1 FROM webhook_delivery earlier
                    WHERE earlier.webhook_id = d.webhook_id AND earlier.order_key = d.order_key
                      AND earlier.state = 'waiting'
                      AND (earlier.sequence < d.sequence OR earlier.claim_token IS NOT NULL)
                    -- One look into the index a row, until there are enough; a join would read all that waits.
                    OFFSET 0)
                ORDER BY d.due_at, d.sequence LIMIT greatest(0, o.share)
                FOR NO KEY UPDATE SKIP LOCKED) d
            ), chosen AS (
              SELECT id, slow, row_number() OVER (PARTITION BY slow ORDER BY place) AS number FROM found
            )
            UPDATE webhook_delivery d SET claim_token = :token,
              claimed_until = statement_timestamp() + make_interval(secs => :ttl)
            FROM chosen, webhook w
            WHERE d.id = chosen.id AND w.id = d.webhook_id
              AND chosen.number <= CASE WHEN chosen.slow THEN :slow ELSE :quick END
            RETURNING d.id, d.webhook_id AS webhook, d.event_id AS event, d.type, w.organization, w.url, d.attempts, chosen.slow,
              w.connect_links, w.decides_by IS NOT NULL AS decides
            """)
        .param("opensAfter", OPENS_AFTER)
        .param("perWebhook", settings.perWebhook())
        .param("token", token)
        .param("ttl", settings.claimTtl().toSeconds())
        .param("quick", quick)
        .param("slow", slow)
        .query(Row.class)
        .list();
  }

  /**
   * Records that receivers have accepted events. A delivery whose claim was lost is left as it is.
   */
  @Transactional
  public void delivered(List<Attempted> attempts) {
    forgettable();
    jdbc.sql(
            """
            WITH ended AS (
              UPDATE webhook_delivery d SET state = 'delivered', attempts = attempts + 1, claim_token = NULL,
                claimed_until = NULL, last_error = NULL, ended_at = statement_timestamp()
              FROM unnest(:ids::uuid[], :tokens::uuid[], :urls::text[], :millis::int[], :statuses::int[], :answers::text[],
                :decisions::text[], :slow::boolean[]) AS g (id, token, url, millis, status, answer, decision, slow)
              WHERE d.id = g.id AND d.claim_token = g.token
              RETURNING d.id, d.webhook_id, d.attempts, g.url, g.millis, g.status, g.answer, g.decision, g.slow
            ), attempt AS (
              INSERT INTO webhook_attempt (delivery_id, number, at, url, millis, status, answer, decision)
              SELECT id, attempts, statement_timestamp() - make_interval(secs => millis / 1000.0), url, millis, status,
                answer, decision FROM ended
            )
            UPDATE webhook w SET failures = 0, failing_since = NULL, openings = 0, open_until = NULL,
              slow = e.slow, last_delivered_at = statement_timestamp()
            FROM (SELECT webhook_id, bool_or(slow) AS slow FROM ended GROUP BY webhook_id) e
            WHERE w.id = e.webhook_id AND (w.failures > 0 OR w.slow <> e.slow OR w.last_delivered_at IS NULL
              OR w.last_delivered_at < statement_timestamp() - interval '10 seconds')
            """)
        .param("ids", each(attempts, one -> one.delivery().id(), UUID[]::new))
        .param("tokens", each(attempts, one -> one.delivery().token(), UUID[]::new))
        .param("urls", each(attempts, one -> one.delivery().url(), String[]::new))
        .param(
            "millis", each(attempts, one -> (int) one.attempt().took().toMillis(), Integer[]::new))
        .param("statuses", each(attempts, one -> one.attempt().status(), Integer[]::new))
        .param("answers", each(attempts, one -> one.attempt().answer(), String[]::new))
        .param("decisions", each(attempts, one -> one.attempt().decision(), String[]::new))
        .param(
            "slow",
            each(
                attempts,
                one -> one.attempt().took().compareTo(settings.slowAfter()) > 0,
                Boolean[]::new))
        .update();
  }

  private static <T> T[] each(
      List<Attempted> attempts,
      Function<Attempted, @Nullable T> value,
      IntFunction<@Nullable T[]> array) {
    return attempts.stream().map(value).toArray(array);
  }

  /**
   * Records a failed attempt: the delivery waits or is given up, and the circuit may open.
   *
   * @param retryIn delay of the next attempt
   * @param opening the first delay of the circuit, which doubles to {@code maxOpening}
   * @return the delivery's state now; empty if its claim was lost
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<String> failed(
      ClaimedDelivery delivery,
      DeliveryAttempt attempt,
      Duration retryIn,
      Duration opening,
      Duration maxOpening) {
    return jdbc.sql(
            """
            WITH ended AS (
              UPDATE webhook_delivery SET attempts = attempts + 1, claim_token = NULL, claimed_until = NULL,
                last_error = :error, due_at = statement_timestamp() + make_interval(secs => :retryIn),
                state = CASE WHEN statement_timestamp() + make_interval(secs => :retryIn) > give_up_at
                  THEN 'failed' ELSE 'waiting' END,
                ended_at = CASE WHEN statement_timestamp() + make_interval(secs => :retryIn) > give_up_at
                  THEN statement_timestamp() END
              WHERE id = :id AND claim_token = :token RETURNING id, webhook_id, attempts, state
            ), attempt AS (
              INSERT INTO webhook_attempt (delivery_id, number, at, url, millis, status, answer, error)
              SELECT id, attempts, statement_timestamp() - make_interval(secs => :millis / 1000.0), :url, :millis,
                :status, :answer, :error FROM ended
            ), ailing AS (
              UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, statement_timestamp()),
                slow = true, last_failed_at = statement_timestamp(), last_error = :error,
                openings = CASE WHEN failures + 1 >= :opensAfter
                    AND (open_until IS NULL OR open_until <= statement_timestamp()) THEN openings + 1 ELSE openings END,
                open_until = greatest(statement_timestamp() + make_interval(secs => :asked::float8), CASE
                  WHEN failures + 1 >= :opensAfter AND (open_until IS NULL OR open_until <= statement_timestamp())
                    THEN statement_timestamp() + make_interval(secs =>
                      least(:maxOpening, :opening * power(2, least(openings, 20))) * (1 + random() * 0.2))
                  ELSE open_until END),
                disabled_at = CASE WHEN :gone THEN statement_timestamp() ELSE disabled_at END,
                disabled_reason = CASE WHEN :gone THEN :error ELSE disabled_reason END
              WHERE id = (SELECT webhook_id FROM ended)
            )
            SELECT state FROM ended
            """)
        .param("id", delivery.id())
        .param("token", delivery.token())
        .param("url", delivery.url())
        .param("millis", (int) attempt.took().toMillis())
        .param("status", attempt.status())
        .param("answer", attempt.answer())
        .param("error", attempt.error())
        .param("retryIn", retryIn.toMillis() / 1000.0)
        .param("asked", attempt.retryAfter() == null ? null : attempt.retryAfter().toSeconds())
        .param("opensAfter", OPENS_AFTER)
        .param("opening", opening.toMillis() / 1000.0)
        .param("maxOpening", maxOpening.toMillis() / 1000.0)
        .param("gone", attempt.gone())
        .query(String.class)
        .optional();
  }

  /** Ends a delivery whose event was erased. */
  @Transactional
  public void withoutEvent(ClaimedDelivery delivery) {
    jdbc.sql(
            """
            UPDATE webhook_delivery SET state = 'failed', claim_token = NULL, claimed_until = NULL,
              last_error = 'the event was deleted', ended_at = statement_timestamp()
            WHERE id = :id AND claim_token = :token
            """)
        .param("id", delivery.id())
        .param("token", delivery.token())
        .update();
  }

  /** Returns a claim: nothing was sent. */
  @Transactional
  public void giveBack(UUID id, UUID token, Duration retryIn) {
    jdbc.sql(
            """
            UPDATE webhook_delivery SET claim_token = NULL, claimed_until = NULL,
              due_at = statement_timestamp() + make_interval(secs => :retryIn)
            WHERE id = :id AND claim_token = :token
            """)
        .params(Map.of("id", id, "token", token, "retryIn", retryIn.toSeconds()))
        .update();
  }

  /** Releases claims of stopped nodes; their events may be delivered twice. */
  @Transactional
  public int takeOver() {
    return jdbc.sql(
            """
            UPDATE webhook_delivery SET claim_token = NULL, claimed_until = NULL
            WHERE claim_token IS NOT NULL AND claimed_until < statement_timestamp()
            """)
        .update();
  }

  /**
   * Gives up deliveries that have waited too long, such as behind an open circuit; returns how
   * many.
   */
  @Transactional
  public int giveUp() {
    return jdbc.sql(
            """
            UPDATE webhook_delivery SET state = 'failed', ended_at = statement_timestamp(),
              last_error = coalesce(last_error, 'not tried: the receiver was failing')
            WHERE id IN (SELECT id FROM webhook_delivery WHERE state = 'waiting' AND give_up_at < statement_timestamp()
              AND claim_token IS NULL ORDER BY give_up_at LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED)
            """)
        .param("limit", MAX_ROWS)
        .update();
  }

  /** Deletes a bounded number of old completed deliveries; returns how many. */
  @Transactional
  public int tidy() {
    return jdbc.sql(
                """
                DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery
                  WHERE ended_at < statement_timestamp() - make_interval(secs => :keep)
                  ORDER BY ended_at LIMIT :limit FOR UPDATE SKIP LOCKED)
                """)
            .param("keep", settings.keep().toSeconds())
            .param("limit", MAX_ROWS)
            .update()
        + jdbc.sql("DELETE FROM webhook_secret WHERE expires_at < statement_timestamp()").update();
  }

  private void forgettable() {
    jdbc.sql("SELECT set_config('synchronous_commit', 'off', true)").query(String.class).single();
  }
}
