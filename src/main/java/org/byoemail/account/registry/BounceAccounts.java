package org.byoemail.account.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where the reports about an account's mail arrive: in its own mailbox, or in the mailbox of
 * another account of the same organisation. Safe for use by many threads and nodes.
 */
@Repository
public class BounceAccounts {
  private final JdbcClient jdbc;

  BounceAccounts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The other account that receives the reports; accounts that receive their own are left out. */
  public Map<AccountId, AccountId> of(Collection<AccountId> accounts) {
    Map<AccountId, AccountId> found = new HashMap<>();
    jdbc.sql("SELECT account_id, reports_to FROM report_account WHERE account_id = ANY (:accounts)")
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(
            row -> {
              found.put(
                  new AccountId(row.getObject("account_id", UUID.class)),
                  new AccountId(row.getObject("reports_to", UUID.class)));
            });
    return found;
  }

  /**
   * Sets it, in the transaction of the caller.
   *
   * @param reportsTo null: its own mailbox
   * @throws IllegalArgumentException unless it is another account of the same organisation
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void set(AccountId account, @Nullable AccountId reportsTo) {
    if (reportsTo == null) {
      jdbc.sql("DELETE FROM report_account WHERE account_id = :account")
          .param("account", account.value())
          .update();
      return;
    }
    int stored =
        jdbc.sql(
                """
                INSERT INTO report_account (account_id, reports_to)
                SELECT a.id, b.id FROM agent_email_account a JOIN agent g ON g.id = a.agent_id
                  JOIN agent h ON h.organization = g.organization
                  JOIN agent_email_account b ON b.agent_id = h.id
                WHERE a.id = :account AND b.id = :reportsTo AND a.id <> b.id
                ON CONFLICT (account_id) DO UPDATE SET reports_to = excluded.reports_to
                """)
            .param("account", account.value())
            .param("reportsTo", reportsTo.value())
            .update();
    if (stored == 0) {
      throw new IllegalArgumentException("must be another account of the same organization");
    }
  }

  /** The accounts whose reports arrive in this one's mailbox, itself first. */
  public List<AccountId> servedBy(AccountId account) {
    return jdbc.sql(
            """
            SELECT CAST(:account AS uuid) AS id, 0 AS place
            UNION ALL
            SELECT r.account_id, 1 FROM report_account r
              JOIN agent_email_account a ON a.id = r.account_id JOIN agent g ON g.id = a.agent_id
              JOIN agent_email_account b ON b.id = r.reports_to JOIN agent h ON h.id = b.agent_id
            WHERE r.reports_to = :account AND g.organization = h.organization
            ORDER BY place, id
            """)
        .param("account", account.value())
        .query((row, number) -> new AccountId(row.getObject("id", UUID.class)))
        .list();
  }
}
