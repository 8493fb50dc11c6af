package org.byoemail.account.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many accounts in use have an error, and which share of a host's accounts backs off: a high
 * share points to the server or to a sign-in policy, not to single accounts. By protocol, of all
 * nodes. Safe for use by many threads.
 */
@Component
class AccountGauges {
  private static final Duration FRESH = Duration.ofSeconds(10);
  // Fewer accounts say nothing of their server. Tenants name hosts, so their number is bounded.
  private static final int MIN_ACCOUNTS = 5;
  private static final int MIN_BACKING_OFF = 3;
  private static final int MAX_HOSTS = 50;

  private record HostShare(String host, String protocol, double share) {}

  private final JdbcClient jdbc;
  private final MultiGauge shares;
  // The gauges themselves hold it weakly.
  private final CachedQuery<Map<Protocol, Double>> errors;
  private final CachedQuery<Double> unauthorized;

  AccountGauges(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.errors = new CachedQuery<>(this::query, Map.of(), FRESH, clock);
    this.unauthorized = new CachedQuery<>(this::unauthorized, Double.NaN, FRESH, clock);
    Gauge.builder("byo.accounts.needs.reauthorization", unauthorized, CachedQuery::get)
        .description("accounts whose owner has to sign in again")
        .register(meters);
    this.shares =
        MultiGauge.builder("byo.accounts.backoff.share")
            .description(
                "share of the accounts in use at a host that back off; hosts of at least 5 accounts"
                    + " of which 3 do")
            .register(meters);
    for (Protocol protocol : Protocol.values()) {
      Gauge.builder(
              "byo.accounts.error", errors, found -> found.get().getOrDefault(protocol, Double.NaN))
          .tag("protocol", protocol.word())
          .description("accounts in use that have an error")
          .register(meters);
    }
  }

  private Map<Protocol, Double> query() {
    shares.register(
        shares().stream()
            .map(
                one ->
                    MultiGauge.Row.of(
                        Tags.of("host", one.host(), "protocol", one.protocol()), one.share()))
            .toList(),
        true);
    return errors();
  }

  private Map<Protocol, Double> errors() {
    return jdbc.sql(
            """
            SELECT count(*) FILTER (WHERE h.side = 'smtp' AND a.outbound_enabled AND r.sending) AS smtp,
              count(*) FILTER (WHERE h.side = 'imap' AND a.inbound_enabled AND r.receiving) AS imap
            FROM account_health h JOIN agent_email_account a ON a.id = h.account_id
              JOIN account_rollout r ON r.account_id = a.id
            WHERE h.error IS NOT NULL AND a.paused_at IS NULL
            """)
        .query(
            (row, number) -> {
              Map<Protocol, Double> found = new EnumMap<>(Protocol.class);
              found.put(Protocol.SMTP, row.getDouble("smtp"));
              found.put(Protocol.IMAP, row.getDouble("imap"));
              return found;
            })
        .single();
  }

  private double unauthorized() {
    return jdbc.sql(
            """
            SELECT count(*)::float8 FROM agent_email_account
            WHERE needs_reauthorization_at IS NOT NULL AND paused_at IS NULL
            """)
        .query(Double.class)
        .single();
  }

  private List<HostShare> shares() {
    return jdbc.sql(
            """
            WITH used AS (
              SELECT id, 'smtp' AS protocol, lower(smtp_host) AS host FROM agent_email_account
                WHERE outbound_enabled AND paused_at IS NULL
              UNION ALL
              SELECT id, 'imap', lower(imap_host) FROM agent_email_account
                WHERE inbound_enabled AND paused_at IS NULL),
            backing_off AS MATERIALIZED (
              SELECT used.protocol, used.host, count(*) AS accounts
              FROM account_health h JOIN used ON used.id = h.account_id AND used.protocol = h.side
              WHERE h.backoff_until > statement_timestamp()
              GROUP BY 1, 2 HAVING count(*) >= :backingOff ORDER BY 3 DESC LIMIT :hosts)
            SELECT b.host, b.protocol, b.accounts::float8 / count(*) AS share
            FROM backing_off b JOIN used ON used.protocol = b.protocol AND used.host = b.host
            GROUP BY b.host, b.protocol, b.accounts HAVING count(*) >= :accounts
            """)
        .param("backingOff", MIN_BACKING_OFF)
        .param("hosts", MAX_HOSTS)
        .param("accounts", MIN_ACCOUNTS)
        .query(HostShare.class)
        .list();
  }
}
