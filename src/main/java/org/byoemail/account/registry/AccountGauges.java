package org.byoemail.account.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.byoemail.platform.health.CachedQuery;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How many accounts that are in use have an error, by protocol, of all nodes. */
@Component
class AccountGauges {
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  // The gauges themselves hold it weakly.
  private final CachedQuery<Map<Protocol, Double>> errors;

  AccountGauges(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.errors = new CachedQuery<>(this::query, Map.of(), FRESH, clock);
    for (Protocol protocol : Protocol.values()) {
      Gauge.builder(
              "byo.accounts.error", errors, found -> found.get().getOrDefault(protocol, Double.NaN))
          .tag("protocol", protocol.word())
          .description("accounts in use that have an error")
          .register(meters);
    }
  }

  private Map<Protocol, Double> query() {
    return jdbc.sql(
            """
            SELECT count(*) FILTER (WHERE h.side = 'smtp' AND a.outbound_enabled) AS smtp,
              count(*) FILTER (WHERE h.side = 'imap' AND a.inbound_enabled) AS imap
            FROM account_health h JOIN agent_email_account a ON a.id = h.account_id
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
}
