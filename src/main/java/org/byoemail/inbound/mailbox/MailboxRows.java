package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The rows of mailboxes. What a watcher writes names the fence of its lease. */
@Repository
class MailboxRows {
  private final JdbcClient jdbc;
  private final MailboxResets epochs;
  private final Agents agents;

  MailboxRows(JdbcClient jdbc, MailboxResets epochs, Agents agents) {
    this.jdbc = jdbc;
    this.epochs = epochs;
    this.agents = agents;
  }

  /** Whether the account's agent lets everybody in at present, so that no mail is left unread. */
  boolean isAllRead(Account account) {
    return agents
        .find(account.agent())
        .filter(agent -> agent.contactPolicy().inbound() == Mode.OPEN)
        .isPresent();
  }

  /** What changes where the numbers of a folder come to mean something else. */
  MailboxResets epochs() {
    return epochs;
  }

  Optional<Mailbox> of(AccountId account) {
    return jdbc.sql("SELECT * FROM mailbox WHERE account_id = :account")
        .param("account", account.value())
        .query(MailboxRows::read)
        .optional();
  }

  Optional<Mailbox> find(UUID id) {
    return jdbc.sql("SELECT * FROM mailbox WHERE id = :id AND account_id IS NOT NULL")
        .param("id", id)
        .query(MailboxRows::read)
        .optional();
  }

  /** The account no longer receives where it did; what was read there stays known. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void detach(AccountId account) {
    jdbc.sql("UPDATE mailbox SET account_id = NULL, fence = fence + 1 WHERE account_id = :account")
        .param("account", account.value())
        .update();
  }

  /** Makes a mailbox without a cursor; false where the place is taken. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean create(AccountId account, MailboxKey key) {
    return jdbc.sql(
                """
                INSERT INTO mailbox (id, account_id, host, login, folder, place_sha256, created_at)
                VALUES (:id, :account, :host, :login, :folder, :sha256, statement_timestamp())
                ON CONFLICT DO NOTHING
                """)
            .param("id", Ids.next())
            .param("account", account.value())
            .param("host", key.host())
            .param("login", key.login())
            .param("folder", key.folder())
            .param("sha256", key.sha256())
            .update()
        == 1;
  }

  /** Whether an account has its mailbox there. */
  boolean isAt(AccountId account, MailboxKey key) {
    return of(account).filter(mailbox -> mailbox.key().isSameAs(key)).isPresent();
  }

  /** The account that has a place; empty where none does. */
  Optional<AccountId> holder(MailboxKey key) {
    return jdbc.sql(
            """
            SELECT account_id FROM mailbox WHERE account_id IS NOT NULL AND place_sha256 = :sha256
            UNION ALL
            SELECT account_id FROM mailbox
            WHERE account_id IS NOT NULL AND host = :host AND login = :login AND folder = :folder
            LIMIT 1
            """)
        .param("sha256", key.sha256())
        .param("host", key.host())
        .param("login", key.login())
        .param("folder", key.folder())
        .query(UUID.class)
        .optional()
        .map(AccountId::new);
  }

  /** Sets the first cursor, unless there is one. */
  void establish(UUID mailbox, Cursor cursor) {
    jdbc.sql(
            """
            UPDATE mailbox SET uid_validity = :validity, last_uid = :uid, watched_since = statement_timestamp()
            WHERE id = :mailbox AND uid_validity IS NULL
            """)
        .param("mailbox", mailbox)
        .param("validity", cursor.uidValidity())
        .param("uid", cursor.lastUid())
        .update();
  }

  /**
   * Moves the cursor past a UID.
   *
   * @throws LeaseLost where it did not move: the lease is no longer current
   */
  void advance(MailboxContext context, long uid) {
    int moved =
        jdbc.sql(
                """
                UPDATE mailbox SET last_uid = :uid WHERE id = :mailbox AND fence = :fence
                  AND uid_validity = :validity AND epoch = :epoch AND last_uid < :uid
                """)
            .param("uid", uid)
            .param("mailbox", context.lease().mailbox())
            .param("fence", context.lease().fence())
            .param("validity", context.uidValidity())
            .param("epoch", context.epoch())
            .update();
    if (moved == 0) {
      throw new LeaseLost(context.lease().mailbox());
    }
  }

  /** Notes that reading mails was begun; null: that it was not. Without the lease it is not. */
  void begin(MailboxContext context, @Nullable FetchAttempt attempt) {
    jdbc.sql(
            """
            UPDATE mailbox SET reading_from = :from, reading_to = :to, reading_epoch = :epoch,
              reading_tries = :tries
            WHERE id = :mailbox AND fence = :fence
            """)
        .param("from", attempt == null ? null : attempt.from())
        .param("to", attempt == null ? null : attempt.to())
        .param("epoch", context.epoch())
        .param("tries", attempt == null ? 0 : attempt.tries())
        .param("mailbox", context.lease().mailbox())
        .param("fence", context.lease().fence())
        .update();
  }

  /** The first UIDs of mails with which that is still to be done; none without the lease. */
  List<Long> pending(MailboxContext context, AfterIngest action, int most) {
    return jdbc.sql(
            """
            SELECT i.uid FROM inbound_mail i JOIN mailbox m ON m.id = i.mailbox_id
            WHERE i.mailbox_id = :mailbox AND i.seen_pending AND m.fence = :fence
              AND i.uid_validity = :validity AND i.epoch = :epoch
              AND coalesce(i.after_action, 'seen') = :action ORDER BY i.uid LIMIT :most
            """)
        .param("mailbox", context.lease().mailbox())
        .param("fence", context.lease().fence())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .param("action", action.word())
        .param("most", most)
        .query(Long.class)
        .list();
  }

  /** With those it was done, or cannot be; without the lease nothing is noted. */
  void done(MailboxContext context, List<Long> uids) {
    jdbc.sql(
            """
            UPDATE inbound_mail SET seen_pending = false WHERE mailbox_id = :mailbox
              AND uid_validity = :validity AND epoch = :epoch AND uid IN (:uids)
              AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = mailbox_id AND m.fence = :fence)
            """)
        .param("mailbox", context.lease().mailbox())
        .param("fence", context.lease().fence())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .param("uids", uids)
        .update();
  }

  /** Mails that were put aside and are to be fetched once more. */
  List<QuarantinedMail> wantedAgain(MailboxContext context) {
    return jdbc.sql(
            """
            SELECT * FROM inbound_mail WHERE mailbox_id = :mailbox AND refetch_at IS NOT NULL
              AND status = 'quarantined' AND uid_validity = :validity AND epoch = :epoch
            ORDER BY uid LIMIT 100
            """)
        .param("mailbox", context.lease().mailbox())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .query(QuarantinedMail::of)
        .list();
  }

  /** One that has ended the program before is asked for no second time by the same wish. */
  void wantedOnce(QuarantinedMail quarantined) {
    jdbc.sql("UPDATE inbound_mail SET refetch_at = NULL WHERE id = :id AND reason LIKE 'fatal:%'")
        .param("id", quarantined.record())
        .update();
  }

  /**
   * One of those was tried; without the lease nothing is noted.
   *
   * @param reason why it is put aside still; null: as before, or it is not
   */
  void notWanted(MailboxContext context, QuarantinedMail quarantined, @Nullable String reason) {
    jdbc.sql(
            """
            UPDATE inbound_mail SET refetch_at = NULL,
              reason = CASE WHEN status = 'quarantined' THEN coalesce(:reason, reason) ELSE reason END
            WHERE id = :id
              AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = mailbox_id AND m.fence = :fence)
            """)
        .param("fence", context.lease().fence())
        .param("reason", reason)
        .param("id", quarantined.record())
        .update();
  }

  private static @Nullable ResyncWindow past(ResultSet row, @Nullable Instant historyEnds)
      throws SQLException {
    long uidNext = row.getLong("reset_uid_next");
    return row.wasNull()
        ? null
        : new ResyncWindow(uidNext, historyEnds, Times.read(row, "reset_last_date"));
  }

  private static Mailbox read(ResultSet row, int number) throws SQLException {
    long validity = row.getLong("uid_validity");
    @Nullable Cursor cursor = row.wasNull() ? null : new Cursor(validity, row.getLong("last_uid"));
    Instant watchedSince = Times.read(row, "watched_since");
    Instant backfilledSince = Times.read(row, "backfilled_since");
    return new Mailbox(
        row.getObject("id", UUID.class),
        new AccountId(row.getObject("account_id", UUID.class)),
        new MailboxKey(row.getString("host"), row.getString("login"), row.getString("folder")),
        cursor,
        row.getInt("epoch"),
        row.getLong("fence"),
        watchedSince,
        past(row, UidValidityReset.historyEnds(watchedSince, backfilledSince)),
        backfilledSince,
        row.getBoolean("taken_over"),
        begun(row));
  }

  /** What the cursor has passed since was dealt with. */
  private static @Nullable FetchAttempt begun(ResultSet row) throws SQLException {
    long to = row.getLong("reading_to");
    return row.wasNull()
            || row.getInt("reading_epoch") != row.getInt("epoch")
            || to <= row.getLong("last_uid")
        ? null
        : new FetchAttempt(row.getLong("reading_from"), to, row.getInt("reading_tries"));
  }
}
