package org.byoemail.outbound.foldercopy;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import org.byoemail.format.mail.AccountId;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A table of copies that are to be stored in, or removed from, folders of accounts. Nodes claim
 * copies; results are written under the token of the claim. Safe for use by many threads and nodes.
 *
 * @param <C> a claimed copy
 */
public final class CopyQueue<C extends CopyQueue.ClaimedCopy> {
  private static final Duration CLAIM = Duration.ofMinutes(15);

  private final JdbcClient jdbc;
  private final MeterRegistry meters;
  private final Definition<C> definition;

  /** The queue of one kind of copies. */
  public CopyQueue(JdbcClient jdbc, MeterRegistry meters, Definition<C> definition) {
    this.jdbc = jdbc;
    this.meters = meters;
    this.definition = definition;
  }

  /** A claimed copy. */
  public interface ClaimedCopy {
    /** The value of the id column. */
    UUID key();

    /** The account in whose folder it is. */
    AccountId account();

    /** The token of the claim. */
    UUID token();

    /** The number of tries, including this one. */
    int tries();
  }

  /**
   * A table of copies, with the columns {@code account_id}, {@code status}, {@code due_at}, {@code
   * tries}, {@code claim_token}, {@code claimed_until} and {@code error}.
   *
   * @param update the words {@code UPDATE} and the table's name, with the alias {@code c}: a
   *     literal, so that TableWritersTest finds the name
   * @param idColumn the column that, with the account, identifies a copy
   * @param columns what {@code row} reads of a claimed copy
   * @param metric counts the outcomes
   * @param delays the delay after that number of tries; empty: the copy is given up
   */
  public record Definition<C>(
      String table,
      String update,
      String idColumn,
      String columns,
      RowMapper<C> row,
      String metric,
      IntFunction<Optional<Duration>> delays) {}

  /** Up to that number of accounts that can be used and have copies due. */
  public List<AccountId> accountsDue(int limit) {
    return jdbc
        .sql(
            """
            SELECT c.account_id FROM %s c JOIN agent_email_account a ON a.id = c.account_id
            WHERE c.status = 'waiting' AND c.due_at <= statement_timestamp()
              AND (c.claimed_until IS NULL OR c.claimed_until < statement_timestamp())
              AND a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL AND a.imap_host IS NOT NULL
              AND EXISTS (SELECT 1 FROM account_rollout r WHERE r.account_id = c.account_id AND r.sending)
            GROUP BY c.account_id ORDER BY min(c.due_at) LIMIT :limit
            """
                .formatted(definition.table()))
        .param("limit", limit)
        .query(UUID.class)
        .list()
        .stream()
        .map(AccountId::new)
        .toList();
  }

  List<C> claim(AccountId account, int limit) {
    String due =
        """
        SELECT %1$s FROM %2$s WHERE account_id = :account AND status = 'waiting' AND due_at <= statement_timestamp()
          AND (claimed_until IS NULL OR claimed_until < statement_timestamp())
        ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
        """
            .formatted(definition.idColumn(), definition.table());
    return jdbc.sql(
            """
            %s SET claim_token = gen_random_uuid(), tries = tries + 1,
              claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
            WHERE account_id = :account AND %s IN (%s)
            RETURNING %s
            """
                .formatted(definition.update(), definition.idColumn(), due, definition.columns()))
        .param("account", account.value())
        .param("ttl", CLAIM.toMillis())
        .param("limit", limit)
        .query(definition.row())
        .list();
  }

  /** Renews a claim. False if it was lost: another node does the work. */
  boolean renew(C copy) {
    return claimed(copy, "claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'")
            .param("ttl", CLAIM.toMillis())
            .update()
        == 1;
  }

  /** Counts an outcome, such as {@code appended}. */
  public void count(String outcome) {
    meters.counter(definition.metric(), "outcome", outcome).increment();
  }

  /** Postpones a copy, or gives it up after the last try. */
  public void failed(C copy, String error) {
    Optional<Duration> delay = definition.delays().apply(copy.tries());
    if (delay.isEmpty()) {
      claimed(copy, "status = 'given_up', error = :error, claim_token = NULL, claimed_until = NULL")
          .param("error", error)
          .update();
      count("given_up");
      return;
    }
    claimed(
            copy,
            """
            due_at = statement_timestamp() + :wait * interval '1 millisecond', error = :error,
              claim_token = NULL, claimed_until = NULL
            """)
        .param("wait", delay.get().toMillis())
        .param("error", error)
        .update();
  }

  /** Backs off from the account's server, as after a first try. */
  void postponeAll(AccountId account, String error) {
    jdbc.sql(
            definition.update()
                + """
                 SET due_at = statement_timestamp() + :wait * interval '1 millisecond', error = :error
                WHERE account_id = :account AND status = 'waiting' AND claim_token IS NULL
                  AND due_at < statement_timestamp() + :wait * interval '1 millisecond'
                """)
        .param("account", account.value())
        .param("wait", definition.delays().apply(1).orElseThrow().toMillis())
        .param("error", error)
        .update();
  }

  /**
   * An update of a copy, which changes nothing if the claim was lost.
   *
   * @param assignments what follows {@code SET}
   */
  public JdbcClient.StatementSpec claimed(C copy, String assignments) {
    return jdbc.sql(
            definition.update()
                + " SET "
                + assignments
                + " WHERE account_id = :account AND claim_token = :token AND "
                + definition.idColumn()
                + " = :key")
        .param("account", copy.account().value())
        .param("token", copy.token())
        .param("key", copy.key());
  }
}
