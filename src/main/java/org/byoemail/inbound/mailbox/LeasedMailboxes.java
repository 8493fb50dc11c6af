package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The mailboxes whose leases a node holds, for people. Reads only. Safe for use by many threads.
 */
@Repository
public class LeasedMailboxes {
  private final JdbcClient jdbc;

  LeasedMailboxes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A mailbox.
   *
   * @param account null if no account receives there any more
   * @param address of the account
   * @param fence of its lease
   * @param since when the node took it
   */
  public record Held(
      UUID id,
      @Nullable UUID account,
      @Nullable String address,
      String host,
      String folder,
      long fence,
      @Nullable Instant since) {}

  /**
   * By id.
   *
   * @param after the id of the mailbox to start after; null for the first
   */
  public List<Held> of(String node, @Nullable UUID after, int limit) {
    return jdbc.sql(
            """
            SELECT m.id, m.owner_account_id, e.address, m.host, m.folder, m.fence, m.held_since
            FROM mailbox m LEFT JOIN agent_email_account a ON a.id = m.owner_account_id
              LEFT JOIN endpoint e ON e.id = a.endpoint_id
            WHERE m.held_by = :node AND (:after::uuid IS NULL OR m.id > :after)
            ORDER BY m.id LIMIT :limit
            """)
        .param("node", node)
        .param("after", after)
        .param("limit", limit)
        .query(
            (row, number) ->
                new Held(
                    row.getObject("id", UUID.class),
                    row.getObject("owner_account_id", UUID.class),
                    row.getString("address"),
                    row.getString("host"),
                    row.getString("folder"),
                    row.getLong("fence"),
                    SqlTimestamps.read(row, "held_since")))
        .list();
  }
}
