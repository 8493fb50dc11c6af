package org.byoemail.support;

import org.byoemail.format.mail.AccountId;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keeps the values of the flag as a test sets them: no node evaluates it until this is closed. */
public final class HeldRollout implements AutoCloseable {
  private final JdbcClient jdbc;
  private final String evaluator;

  private HeldRollout(JdbcClient jdbc, String evaluator) {
    this.jdbc = jdbc;
    this.evaluator = evaluator;
  }

  /** Takes the lease of the node that evaluates. */
  public static HeldRollout hold(JdbcClient jdbc) {
    String evaluator = jdbc.sql("SELECT node FROM rollout_evaluator").query(String.class).single();
    jdbc.sql("UPDATE rollout_evaluator SET node = 'test', lease_until = 'infinity'").update();
    return new HeldRollout(jdbc, evaluator);
  }

  /** Sets both sides of an account. */
  public void set(AccountId account, boolean sending, boolean receiving) {
    jdbc.sql(
            """
            INSERT INTO account_rollout AS r (account_id, sending, sending_why, sending_since,
              receiving, receiving_why, receiving_since)
            VALUES (:id, :sending, 'test', statement_timestamp(), :receiving, 'test', statement_timestamp())
            ON CONFLICT (account_id) DO UPDATE SET sending = excluded.sending,
              sending_since = excluded.sending_since, receiving = excluded.receiving,
              receiving_since = excluded.receiving_since
            """)
        .param("id", account.value())
        .param("sending", sending)
        .param("receiving", receiving)
        .update();
  }

  @Override
  public void close() {
    jdbc.sql(
            "UPDATE rollout_evaluator SET node = :node,"
                + " lease_until = statement_timestamp() + interval '15 s'")
        .param("node", evaluator)
        .update();
  }
}
