package org.byoemail.account.rollout;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Times;
import org.byoemail.platform.health.CachedQuery;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which accounts are used, as last evaluated ({@link RolloutEvaluator}); the same on all nodes. Not
 * used for sending: mail leaves by a transport of the platform or waits. Not used for receiving:
 * the mailboxes are released. Nothing else changes. Thread-safe.
 */
@Component("rollout")
public class Rollout {
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final RolloutState UNKNOWN =
      new RolloutState(null, null, null, null, null, 0, 0, 0);
  private static final String SELECT =
      """
      SELECT r.*, g.organization, coalesce(a.named_address, e.address) AS address
      FROM account_rollout r JOIN agent_email_account a ON a.id = r.account_id
        JOIN agent g ON g.id = a.agent_id JOIN endpoint e ON e.id = a.endpoint_id
      WHERE
      """;

  private final JdbcClient jdbc;
  private final CachedQuery<RolloutState> recent;

  Rollout(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.recent = new CachedQuery<>(this::state, UNKNOWN, FRESH, clock);
    Gauge.builder("byo.rollout.accounts", recent, now -> now.get().sending())
        .tag("side", RolloutSide.SENDING.word())
        .description("accounts that are used, by the flag BYO_EMAIL_ENABLED")
        .register(meters);
    Gauge.builder("byo.rollout.accounts", recent, now -> now.get().receiving())
        .tag("side", RolloutSide.RECEIVING.word())
        .description("accounts that are used, by the flag BYO_EMAIL_ENABLED")
        .register(meters);
    Gauge.builder("byo.rollout.failing", recent, now -> now.get().failure() == null ? 0 : 1)
        .description("whether the provider of the flag fails")
        .register(meters);
  }

  /** Whether an account is used; false until it was evaluated. */
  public boolean isOn(AccountId account, RolloutSide side) {
    return jdbc.sql(
            side == RolloutSide.SENDING
                ? "SELECT EXISTS (SELECT 1 FROM account_rollout WHERE account_id = :id AND sending)"
                : "SELECT EXISTS (SELECT 1 FROM account_rollout WHERE account_id = :id AND receiving)")
        .param("id", account.value())
        .query(Boolean.class)
        .single();
  }

  /** The values of accounts; those that were not evaluated yet are left out. */
  public Map<AccountId, AccountRollout> of(Collection<AccountId> accounts) {
    Map<AccountId, AccountRollout> values = new HashMap<>();
    jdbc.sql(SELECT + "r.account_id = ANY (:ids)")
        .param("ids", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(Rollout::read)
        .list()
        .forEach(each -> values.put(each.account(), each));
    return values;
  }

  /**
   * The values of accounts in the order of their ids.
   *
   * @param organization null for all organisations
   * @param on only those that are used for at least one side, or for none; null: all
   * @param after the id to start behind, null for the start
   */
  public List<AccountRollout> list(
      @Nullable String organization, @Nullable Boolean on, @Nullable UUID after, int limit) {
    return jdbc.sql(
            SELECT
                + """
                 (:organization::text IS NULL OR g.organization = :organization)
                 AND (:on::bool IS NULL OR (r.sending OR r.receiving) = :on)
                 AND (:after::uuid IS NULL OR r.account_id > :after) ORDER BY r.account_id LIMIT :limit
                """)
        .param("organization", organization)
        .param("on", on)
        .param("after", after)
        .param("limit", limit)
        .query(Rollout::read)
        .list();
  }

  /** The state, 2 s old at most, for each page of the console. */
  public RolloutState recentState() {
    return recent.get();
  }

  /** The state. */
  public RolloutState state() {
    return jdbc.sql(
            """
            SELECT e.provider, e.node, e.evaluated_at, e.failure, e.failing_since, n.*
            FROM (SELECT (SELECT count(*) FROM agent_email_account) AS accounts,
                count(*) FILTER (WHERE sending) AS sending, count(*) FILTER (WHERE receiving) AS receiving
              FROM account_rollout) n LEFT JOIN rollout_evaluator e ON true
            """)
        .query(
            (row, number) ->
                new RolloutState(
                    row.getString("provider"),
                    row.getString("node"),
                    Times.read(row, "evaluated_at"),
                    row.getString("failure"),
                    Times.read(row, "failing_since"),
                    row.getLong("accounts"),
                    row.getLong("sending"),
                    row.getLong("receiving")))
        .single();
  }

  private static AccountRollout read(ResultSet row, int number) throws SQLException {
    return new AccountRollout(
        new AccountId(row.getObject("account_id", UUID.class)),
        row.getString("organization"),
        row.getString("address"),
        value(row, "sending"),
        value(row, "receiving"));
  }

  private static AccountRollout.Value value(ResultSet row, String side) throws SQLException {
    return new AccountRollout.Value(
        row.getBoolean(side),
        row.getString(side + "_why"),
        row.getTimestamp(side + "_since").toInstant());
  }
}
