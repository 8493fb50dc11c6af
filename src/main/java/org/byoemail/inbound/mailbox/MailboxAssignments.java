package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which mailboxes are to be watched, and by which node they are held. */
@Repository
class MailboxAssignments {
  private static final String FREE =
      """
      FROM mailbox m JOIN agent_email_account a ON a.id = m.owner_account_id
        JOIN account_rollout r ON r.account_id = a.id AND r.receiving
      WHERE a.inbound_enabled AND a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL
        AND (m.held_by IS NULL OR m.held_by = ANY(:absent))
      """;

  private final JdbcClient jdbc;

  MailboxAssignments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A mailbox that a node holds.
   *
   * @param account null if no account receives there any more
   * @param holder the node that holds it; null if it was released
   * @param version version of the account
   * @param wanted whether it is to be watched
   * @param paused whether the account is stopped until a person acts
   */
  record Taken(
      MailboxId mailbox,
      @Nullable AccountId account,
      @Nullable String holder,
      long fence,
      long version,
      boolean wanted,
      boolean paused) {}

  /** A mailbox that no node watches, with its account and folder. */
  record Open(MailboxId mailbox, AccountId account, String folder) {}

  /** The mailboxes held by a node. */
  List<Taken> of(String node) {
    return taken("m.held_by = :node", Map.of("node", node));
  }

  /** The mailboxes with these ids. */
  List<Taken> find(Collection<MailboxId> mailboxes) {
    return taken(
        "m.id = ANY(:ids)",
        Map.of("ids", mailboxes.stream().map(MailboxId::value).toArray(UUID[]::new)));
  }

  private List<Taken> taken(String condition, Map<String, ?> parameters) {
    return jdbc.sql(
            """
            SELECT m.id, m.owner_account_id, m.held_by, m.fence, coalesce(a.version, 0) AS version,
              coalesce(a.inbound_enabled AND a.paused_at IS NULL
                AND a.needs_reauthorization_at IS NULL AND r.receiving, false) AS wanted,
              coalesce(a.inbound_enabled AND (a.paused_at IS NOT NULL
                OR a.needs_reauthorization_at IS NOT NULL), false) AS paused
            FROM mailbox m LEFT JOIN agent_email_account a ON a.id = m.owner_account_id
              LEFT JOIN account_rollout r ON r.account_id = a.id
            WHERE
            """
                + condition)
        .params(parameters)
        .query(MailboxAssignments::read)
        .list();
  }

  /**
   * How many mailboxes should be watched and are not.
   *
   * @param absent nodes that are no longer alive
   */
  long countOpen(Set<String> absent) {
    return jdbc.sql("SELECT count(*) " + FREE)
        .param("absent", absent.toArray(String[]::new))
        .query(Long.class)
        .single();
  }

  /**
   * Some of the mailboxes that should be watched and are not. Each node begins elsewhere, so that
   * nodes do not compete for the same ones.
   *
   * @param skip how many to skip
   * @param position the node's rank among all
   */
  List<Open> open(Set<String> absent, int position, int nodes, int skip, int limit) {
    return jdbc.sql(
            "SELECT m.id, m.owner_account_id, m.folder "
                + FREE
                + " ORDER BY abs(hashtext(m.id::text)::bigint) % :nodes <> :position, m.id"
                + " OFFSET :skip LIMIT :limit")
        .param("absent", absent.toArray(String[]::new))
        .param("nodes", nodes)
        .param("position", position)
        .param("skip", skip)
        .param("limit", limit)
        .query(MailboxAssignments::open)
        .list();
  }

  /** The mailboxes of an account that should be watched and are not. */
  List<Open> openOf(AccountId account, Set<String> absent) {
    return jdbc.sql(
            "SELECT m.id, m.owner_account_id, m.folder "
                + FREE
                + " AND m.owner_account_id = :account")
        .param("absent", absent.toArray(String[]::new))
        .param("account", account.value())
        .query(MailboxAssignments::open)
        .list();
  }

  /**
   * The folders of accounts, the first one first.
   *
   * @param absentAfter a node not seen for that long counts as gone
   */
  Map<AccountId, List<WatchedFolder>> folders(
      Collection<AccountId> accounts, Duration absentAfter) {
    Map<AccountId, List<WatchedFolder>> folders = new HashMap<>();
    jdbc.sql(
            """
            SELECT m.owner_account_id, m.id, m.folder, m.error, m.error_at, n.name, m.held_since
            FROM mailbox m LEFT JOIN node n ON n.id = m.held_by
              AND n.seen_at > statement_timestamp() - :absentAfter * interval '1 millisecond'
            WHERE m.owner_account_id = ANY(:accounts)
            ORDER BY m.account_id IS NULL, m.created_at, m.id
            """)
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .param("absentAfter", absentAfter.toMillis())
        .query(
            (RowCallbackHandler)
                row ->
                    folders
                        .computeIfAbsent(
                            new AccountId(row.getObject("owner_account_id", UUID.class)),
                            any -> new ArrayList<>())
                        .add(folder(row)));
    return folders;
  }

  private static WatchedFolder folder(ResultSet row) throws SQLException {
    String node = row.getString("name");
    return new WatchedFolder(
        new MailboxId(row.getObject("id", UUID.class)),
        row.getString("folder"),
        node == null ? null : new LeaseHolder(node, row.getTimestamp("held_since").toInstant()),
        row.getString("error"),
        SqlTimestamps.read(row, "error_at"));
  }

  private static Open open(ResultSet row, int number) throws SQLException {
    return new Open(
        new MailboxId(row.getObject("id", UUID.class)),
        new AccountId(row.getObject("owner_account_id", UUID.class)),
        row.getString("folder"));
  }

  private static Taken read(ResultSet row, int number) throws SQLException {
    UUID account = row.getObject("owner_account_id", UUID.class);
    return new Taken(
        new MailboxId(row.getObject("id", UUID.class)),
        account == null ? null : new AccountId(account),
        row.getString("held_by"),
        row.getLong("fence"),
        row.getLong("version"),
        row.getBoolean("wanted"),
        row.getBoolean("paused"));
  }
}
