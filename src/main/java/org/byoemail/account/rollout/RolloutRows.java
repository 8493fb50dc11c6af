package org.byoemail.account.rollout;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The results of evaluations, and which node evaluates. */
@Repository
class RolloutRows {
  private static final String TARGETS =
      """
      SELECT a.id, a.agent_id, g.organization, coalesce(a.named_address, e.address) AS address,
        r.sending, r.sending_why, r.receiving, r.receiving_why
      FROM agent_email_account a JOIN agent g ON g.id = a.agent_id JOIN endpoint e ON e.id = a.endpoint_id
        LEFT JOIN account_rollout r ON r.account_id = a.id
      WHERE
      """;

  private final JdbcClient jdbc;

  RolloutRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An account with the present values.
   *
   * @param sending null: not evaluated yet
   * @param receiving null: not evaluated yet
   */
  record Present(
      RolloutTarget target,
      @Nullable RolloutDecision sending,
      @Nullable RolloutDecision receiving) {}

  /** New values of an account. */
  record Next(UUID account, RolloutDecision sending, RolloutDecision receiving) {}

  /** Becomes or stays the node that evaluates; false: another one does. */
  boolean lead(String node, String provider, Duration lease) {
    return jdbc.sql(
                """
                INSERT INTO rollout_evaluator AS e (node, lease_until, provider)
                SELECT :node, statement_timestamp() + :lease * interval '1 millisecond', :provider
                -- No lock is taken while another node evaluates.
                WHERE NOT EXISTS (SELECT 1 FROM rollout_evaluator
                  WHERE node <> :node AND lease_until >= statement_timestamp())
                ON CONFLICT (single) DO UPDATE SET node = excluded.node, provider = excluded.provider,
                  lease_until = excluded.lease_until
                WHERE e.node = excluded.node OR e.lease_until < statement_timestamp()
                """)
            .param("node", node)
            .param("provider", provider)
            .param("lease", lease.toMillis())
            .update()
        == 1;
  }

  /** Until when another node evaluates, unless it renews that; null: none does. */
  @Nullable Timestamp leaseOfAnother(String node) {
    return jdbc.sql("SELECT lease_until FROM rollout_evaluator WHERE node <> :node")
        .param("node", node)
        .query(Timestamp.class)
        .optional()
        .orElse(null);
  }

  /** Another node may evaluate at once. */
  void resign(String node) {
    jdbc.sql(
            "UPDATE rollout_evaluator SET lease_until = statement_timestamp() - interval '1"
                + " millisecond' WHERE node = :node")
        .param("node", node)
        .update();
  }

  /** Accounts in the order of their ids, after one. */
  List<Present> page(@Nullable UUID after, int limit) {
    return jdbc.sql(TARGETS + "(:after::uuid IS NULL OR a.id > :after) ORDER BY a.id LIMIT :limit")
        .param("after", after)
        .param("limit", limit)
        .query(RolloutRows::read)
        .list();
  }

  /** Accounts that were not evaluated yet. */
  List<Present> missing(int limit) {
    return jdbc.sql(TARGETS + "r.account_id IS NULL ORDER BY a.id LIMIT :limit")
        .param("limit", limit)
        .query(RolloutRows::read)
        .list();
  }

  /** One account. */
  Optional<Present> find(UUID account) {
    return jdbc.sql(TARGETS + "a.id = :id")
        .param("id", account)
        .query(RolloutRows::read)
        .optional();
  }

  /** Stores values, if that node still evaluates. Deleted accounts are left out. */
  int store(String node, List<Next> values) {
    return jdbc.sql(
            """
            INSERT INTO account_rollout AS r (account_id, sending, sending_why, sending_since,
              receiving, receiving_why, receiving_since)
            SELECT v.id, v.sending, v.sending_why, statement_timestamp(),
              v.receiving, v.receiving_why, statement_timestamp()
            FROM unnest(:ids::uuid[], :sending::bool[], :sendingWhy::text[], :receiving::bool[],
                :receivingWhy::text[]) AS v (id, sending, sending_why, receiving, receiving_why)
              JOIN (SELECT id FROM agent_email_account WHERE id = ANY (:ids) ORDER BY id FOR KEY SHARE) a
                ON a.id = v.id
            -- Expired or not: a node that took over since is named there.
            WHERE EXISTS (SELECT 1 FROM rollout_evaluator WHERE node = :node)
            ORDER BY v.id
            ON CONFLICT (account_id) DO UPDATE SET
              sending = excluded.sending, sending_why = excluded.sending_why,
              sending_since = CASE WHEN r.sending = excluded.sending THEN r.sending_since
                ELSE excluded.sending_since END,
              receiving = excluded.receiving, receiving_why = excluded.receiving_why,
              receiving_since = CASE WHEN r.receiving = excluded.receiving THEN r.receiving_since
                ELSE excluded.receiving_since END
            """)
        .param("node", node)
        .param("ids", values.stream().map(Next::account).toArray(UUID[]::new))
        .param("sending", array(values, next -> next.sending().on(), Boolean[]::new))
        .param("sendingWhy", array(values, next -> next.sending().why(), String[]::new))
        .param("receiving", array(values, next -> next.receiving().on(), Boolean[]::new))
        .param("receivingWhy", array(values, next -> next.receiving().why(), String[]::new))
        .update();
  }

  private static <T> T[] array(List<Next> values, Function<Next, T> field, IntFunction<T[]> array) {
    return values.stream().map(field).toArray(array);
  }

  /** Records a round over all accounts. */
  void evaluated(String node, @Nullable String failure) {
    jdbc.sql(
            """
            UPDATE rollout_evaluator SET evaluated_at = statement_timestamp(), failure = left(:failure, 200),
              failing_since = CASE WHEN :failure::text IS NOT NULL
                THEN coalesce(failing_since, statement_timestamp()) END
            WHERE node = :node
            """)
        .param("node", node)
        .param("failure", failure == null ? null : failure.replace("\0", ""))
        .update();
  }

  private static Present read(ResultSet row, int number) throws SQLException {
    return new Present(
        new RolloutTarget(
            row.getObject("id", UUID.class),
            row.getObject("agent_id", UUID.class),
            new OrganizationId(row.getString("organization")),
            row.getString("address")),
        decision(row, "sending"),
        decision(row, "receiving"));
  }

  private static @Nullable RolloutDecision decision(ResultSet row, String side)
      throws SQLException {
    String why = row.getString(side + "_why");
    return why == null ? null : new RolloutDecision(row.getBoolean(side), why);
  }
}
