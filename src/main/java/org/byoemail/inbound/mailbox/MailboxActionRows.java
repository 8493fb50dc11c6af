package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.inbound.mailbox.MailboxAction.Kind;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code mailbox_action}. Writes of a watcher check the fence of its lease. */
@Repository
class MailboxActionRows {
  /** How long a request waits for a node that watches the mailbox. */
  static final Duration MAX_WAIT = Duration.ofDays(7);

  private static final Duration KEPT = Duration.ofDays(30);

  /** For the query of another table, with the parameter {@code mailbox}. */
  static final String REQUESTED =
      "EXISTS (SELECT 1 FROM mailbox_action WHERE mailbox_id = :mailbox AND finished_at IS NULL"
          + " AND requested_at > statement_timestamp() - interval '"
          + MAX_WAIT.toDays()
          + " days')";

  private final JdbcClient jdbc;

  MailboxActionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A request that waits.
   *
   * @param isCurrent whether its UID still names the mail
   */
  record Request(
      UUID id, Kind kind, @Nullable String folder, long uid, boolean isCurrent, int tries) {}

  /** False if the UID of the mail is no longer valid, or the account left the mailbox. */
  boolean insert(UUID id, UUID mail, Kind kind, @Nullable String folder) {
    return jdbc.sql(
                """
                INSERT INTO mailbox_action (id, inbound_mail_id, mailbox_id, action, folder, requested_at)
                SELECT :id, i.id, m.id, :action, :folder, statement_timestamp()
                FROM inbound_mail i JOIN mailbox m ON m.id = i.mailbox_id
                WHERE i.id = :mail AND m.owner_account_id = i.account_id
                  AND m.uid_validity = i.uid_validity AND m.epoch = i.epoch
                """)
            .param("id", id)
            .param("mail", mail)
            .param("action", kind.word())
            .param("folder", folder)
            .update()
        == 1;
  }

  /** Whether that many wait in the mailbox of the mail. */
  boolean areWaiting(UUID mail, int count) {
    return jdbc.sql(
                """
                SELECT count(*) FROM (SELECT 1 FROM mailbox_action a JOIN inbound_mail i ON i.mailbox_id = a.mailbox_id
                  WHERE i.id = :mail AND a.finished_at IS NULL
                    AND a.requested_at > statement_timestamp() - :wait * interval '1 second' LIMIT :count) waiting
                """)
            .param("mail", mail)
            .param("wait", MAX_WAIT.toSeconds())
            .param("count", count)
            .query(Integer.class)
            .single()
        >= count;
  }

  /** Deletes old ones of the mailbox of that mail, some at a time. */
  void deleteOld(UUID mail) {
    jdbc.sql(
            """
            DELETE FROM mailbox_action WHERE id IN (
              SELECT id FROM mailbox_action
              WHERE mailbox_id = (SELECT mailbox_id FROM inbound_mail WHERE id = :mail)
                AND requested_at < statement_timestamp() - :kept * interval '1 second'
              ORDER BY requested_at LIMIT 100 FOR UPDATE SKIP LOCKED)
            """)
        .param("mail", mail)
        .param("kept", KEPT.toSeconds())
        .update();
  }

  /** The actions of a mail, the newest first. */
  List<MailboxAction> of(UUID mail, int limit) {
    return jdbc.sql(
            """
            SELECT id, action, folder, requested_at, finished_at,
              CASE WHEN finished_at IS NULL AND requested_at < statement_timestamp() - :wait * interval '1 second'
                THEN 'no node watched the mailbox in time' ELSE error END AS error
            FROM mailbox_action WHERE inbound_mail_id = :mail ORDER BY number DESC LIMIT :limit
            """)
        .param("mail", mail)
        .param("wait", MAX_WAIT.toSeconds())
        .param("limit", limit)
        .query(MailboxActionRows::read)
        .list();
  }

  /** The next ones that wait, in their order; none without the lease. */
  List<Request> waiting(MailboxContext context, int limit) {
    return jdbc.sql(
            """
            SELECT a.id, a.action, a.folder, a.tries, i.uid, i.uid_validity = :validity AND i.epoch = :epoch AS current
            FROM mailbox_action a JOIN inbound_mail i ON i.id = a.inbound_mail_id JOIN mailbox m ON m.id = a.mailbox_id
            WHERE a.mailbox_id = :mailbox AND a.finished_at IS NULL AND m.fence = :fence
              AND a.requested_at > statement_timestamp() - :wait * interval '1 second'
            ORDER BY a.number LIMIT :limit
            """)
        .param("mailbox", context.lease().mailbox().value())
        .param("fence", context.lease().fence())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .param("wait", MAX_WAIT.toSeconds())
        .param("limit", limit)
        .query(
            (row, number) ->
                new Request(
                    row.getObject("id", UUID.class),
                    kind(row),
                    row.getString("folder"),
                    row.getLong("uid"),
                    row.getBoolean("current"),
                    row.getInt("tries")))
        .list();
  }

  /**
   * Records that it is about to be done.
   *
   * @throws LeaseLost if the lease is no longer current
   */
  void begin(MailboxContext context, Request request) {
    int begun =
        jdbc.sql(
                """
                UPDATE mailbox_action SET tries = tries + 1 WHERE id = :id
                  AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = mailbox_id AND m.fence = :fence)
                """)
            .param("id", request.id())
            .param("fence", context.lease().fence())
            .update();
    if (begun == 0) {
      throw new LeaseLost(context.lease().mailbox());
    }
  }

  /**
   * Records how it ended. A no-op without the lease.
   *
   * @param error null: it was done
   */
  void finish(MailboxContext context, Request request, @Nullable String error) {
    jdbc.sql(
            """
            UPDATE mailbox_action SET finished_at = statement_timestamp(), error = :error WHERE id = :id
              AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = mailbox_id AND m.fence = :fence)
            """)
        .param("id", request.id())
        .param("error", error)
        .param("fence", context.lease().fence())
        .update();
  }

  private static MailboxAction read(ResultSet row, int number) throws SQLException {
    return new MailboxAction(
        row.getObject("id", UUID.class),
        kind(row),
        row.getString("folder"),
        row.getTimestamp("requested_at").toInstant(),
        SqlTimestamps.read(row, "finished_at"),
        row.getString("error"));
  }

  private static Kind kind(ResultSet row) throws SQLException {
    return Kind.of(row.getString("action")).orElseThrow();
  }
}
