package org.byoemail.account.rollout;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what was last stored of the flag. */
@Repository
class RolloutValues {
  private static final String SELECT =
      """
      SELECT r.*, g.organization, coalesce(a.named_address, e.address) AS address
      FROM account_rollout r JOIN agent_email_account a ON a.id = r.account_id
        JOIN agent g ON g.id = a.agent_id JOIN endpoint e ON e.id = a.endpoint_id
      WHERE
      """;

  private final JdbcClient jdbc;

  RolloutValues(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  boolean isOn(AccountId account, RolloutSide side) {
    return jdbc.sql(
            side == RolloutSide.SENDING
                ? "SELECT EXISTS (SELECT 1 FROM account_rollout WHERE account_id = :id AND sending)"
                : "SELECT EXISTS (SELECT 1 FROM account_rollout WHERE account_id = :id AND"
                    + " receiving)")
        .param("id", account.value())
        .query(Boolean.class)
        .single();
  }

  Map<AccountId, AccountRollout> of(Collection<AccountId> accounts) {
    Map<AccountId, AccountRollout> values = new HashMap<>();
    jdbc.sql(SELECT + "r.account_id = ANY (:ids)")
        .param("ids", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(RolloutValues::read)
        .list()
        .forEach(each -> values.put(each.account(), each));
    return values;
  }

  List<AccountRollout> list(
      @Nullable OrganizationId organization,
      @Nullable Boolean on,
      @Nullable UUID after,
      int limit) {
    return jdbc.sql(
            SELECT
                + """
                 (:organization::text IS NULL OR g.organization = :organization)
                 AND (:on::bool IS NULL OR (r.sending OR r.receiving) = :on)
                 AND (:after::uuid IS NULL OR r.account_id > :after) ORDER BY r.account_id LIMIT :limit
                """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("on", on)
        .param("after", after)
        .param("limit", limit)
        .query(RolloutValues::read)
        .list();
  }

  RolloutState state() {
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
                    SqlTimestamps.read(row, "evaluated_at"),
                    row.getString("failure"),
                    SqlTimestamps.read(row, "failing_since"),
                    row.getLong("accounts"),
                    row.getLong("sending"),
                    row.getLong("receiving")))
        .single();
  }

  private static AccountRollout read(ResultSet row, int number) throws SQLException {
    return new AccountRollout(
        new AccountId(row.getObject("account_id", UUID.class)),
        new OrganizationId(row.getString("organization")),
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
