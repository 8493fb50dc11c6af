package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which mailboxes are to be watched, and who took them. */
@Repository
class MailboxAssignments {
  private static final String FREE =
      """
      FROM mailbox m JOIN agent_email_account a ON a.id = m.account_id
      WHERE a.inbound_enabled AND a.paused_at IS NULL
        AND (m.held_by IS NULL OR m.held_by = ANY(:gone))
      """;

  private final JdbcClient jdbc;

  MailboxAssignments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A mailbox that a node took.
   *
   * @param account null where its account no longer receives there
   * @param holder the node that took it; null where it was let go
   * @param version that of the account
   * @param wanted whether it is to be watched
   * @param paused whether a person stopped the account
   */
  record Taken(
      UUID mailbox,
      @Nullable AccountId account,
      @Nullable String holder,
      long fence,
      long version,
      boolean wanted,
      boolean paused) {}

  /** A mailbox that nobody watches, and its account. */
  record Open(UUID mailbox, AccountId account) {}

  /** Those that a node took. */
  List<Taken> of(String node) {
    return taken("m.held_by = :node", Map.of("node", node));
  }

  /** Those of that id. */
  List<Taken> find(Collection<UUID> mailboxes) {
    return taken("m.id = ANY(:ids)", Map.of("ids", mailboxes.toArray(UUID[]::new)));
  }

  private List<Taken> taken(String condition, Map<String, ?> parameters) {
    return jdbc.sql(
            """
            SELECT m.id, m.account_id, m.held_by, m.fence, coalesce(a.version, 0) AS version,
              coalesce(a.inbound_enabled AND a.paused_at IS NULL, false) AS wanted,
              coalesce(a.inbound_enabled AND a.paused_at IS NOT NULL, false) AS paused
            FROM mailbox m LEFT JOIN agent_email_account a ON a.id = m.account_id WHERE
            """
                + condition)
        .params(parameters)
        .query(MailboxAssignments::read)
        .list();
  }

  /**
   * How many are to be watched and are not.
   *
   * @param gone nodes that are not there any more
   */
  long countOpen(Set<String> gone) {
    return jdbc.sql("SELECT count(*) " + FREE)
        .param("gone", gone.toArray(String[]::new))
        .query(Long.class)
        .single();
  }

  /**
   * Some of those. Each node begins with others, so that they do not all reach for the same.
   *
   * @param skip how many to leave out
   * @param position the node's place among all
   */
  List<Open> open(Set<String> gone, int position, int nodes, int skip, int limit) {
    return jdbc.sql(
            "SELECT m.id, m.account_id "
                + FREE
                + " ORDER BY abs(hashtext(m.id::text)::bigint) % :nodes <> :position, m.id"
                + " OFFSET :skip LIMIT :limit")
        .param("gone", gone.toArray(String[]::new))
        .param("nodes", nodes)
        .param("position", position)
        .param("skip", skip)
        .param("limit", limit)
        .query(MailboxAssignments::open)
        .list();
  }

  /** That of an account, where nobody watches it and somebody should. */
  List<Open> openOf(AccountId account, Set<String> gone) {
    return jdbc.sql("SELECT m.id, m.account_id " + FREE + " AND m.account_id = :account")
        .param("gone", gone.toArray(String[]::new))
        .param("account", account.value())
        .query(MailboxAssignments::open)
        .list();
  }

  /**
   * Who watches the mailboxes of accounts; those left out that nobody does.
   *
   * @param absence a node that was not heard of for so long is not there any more
   */
  Map<AccountId, LeaseHolder> holders(Collection<AccountId> accounts, Duration absence) {
    Map<AccountId, LeaseHolder> holders = new HashMap<>();
    jdbc.sql(
            """
            SELECT m.account_id, n.name, m.held_since FROM mailbox m JOIN node n ON n.id = m.held_by
            WHERE m.account_id = ANY(:accounts)
              AND n.seen_at > statement_timestamp() - :absence * interval '1 millisecond'
            """)
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .param("absence", absence.toMillis())
        .query(
            (RowCallbackHandler)
                row ->
                    holders.put(
                        new AccountId(row.getObject("account_id", UUID.class)),
                        new LeaseHolder(
                            row.getString("name"), row.getTimestamp("held_since").toInstant())));
    return holders;
  }

  private static Open open(ResultSet row, int number) throws SQLException {
    return new Open(
        row.getObject("id", UUID.class), new AccountId(row.getObject("account_id", UUID.class)));
  }

  private static Taken read(ResultSet row, int number) throws SQLException {
    UUID account = row.getObject("account_id", UUID.class);
    return new Taken(
        row.getObject("id", UUID.class),
        account == null ? null : new AccountId(account),
        row.getString("held_by"),
        row.getLong("fence"),
        row.getLong("version"),
        row.getBoolean("wanted"),
        row.getBoolean("paused"));
  }
}
