package org.byoemail.inbound.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.lease.Lease;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The table {@code mailbox}. Each write of a watcher checks the fence of its lease. */
@Repository
class MailboxRows {
  static final String REFETCH_REQUESTED =
      """
      mailbox_id = :mailbox AND refetch_at IS NOT NULL AND status = 'quarantined'
        AND uid_validity = :validity AND epoch = :epoch
      """;

  static final String SEEN_PENDING =
      """
      i.mailbox_id = :mailbox AND i.seen_pending AND i.uid_validity = :validity AND i.epoch = :epoch
      """;

  private final JdbcClient jdbc;
  private final MailboxResets resets;
  private final MailboxHealthRows health;
  private final MailboxActionRows actions;

  MailboxRows(
      JdbcClient jdbc, MailboxResets resets, MailboxHealthRows health, MailboxActionRows actions) {
    this.actions = actions;
    this.health = health;
    this.jdbc = jdbc;
    this.resets = resets;
  }

  /**
   * What a run is to know before it looks for new mail.
   *
   * @param allRead whether the agent's contact policy is open, so that every mail will be read in
   *     full
   * @param refetchRequested whether {@link #refetchRequests} returns any
   * @param actionsRequested whether something is to be done with mails of the mailbox
   */
  record Beginning(boolean allRead, boolean refetchRequested, boolean actionsRequested) {}

  Beginning beginning(MailboxContext context) {
    return jdbc.sql(
            "SELECT %s AS all_read, EXISTS (SELECT 1 FROM inbound_mail WHERE %s) AS refetch_requested, %s AS actions_requested"
                .formatted(
                    Agents.acceptsEveryone(":agent"),
                    REFETCH_REQUESTED,
                    MailboxActionRows.REQUESTED))
        .param("agent", context.account().agent().value())
        .param("mailbox", context.lease().mailbox().value())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .query(
            (row, number) ->
                new Beginning(
                    row.getBoolean("all_read"),
                    row.getBoolean("refetch_requested"),
                    row.getBoolean("actions_requested")))
        .single();
  }

  /** The errors of mailboxes. */
  MailboxHealthRows health() {
    return health;
  }

  /** What is to be done with mails. */
  MailboxActionRows actions() {
    return actions;
  }

  /** The writes that move a cursor elsewhere. */
  MailboxResets resets() {
    return resets;
  }

  /** The mailbox of the account's first folder. */
  Optional<Mailbox> of(AccountId account) {
    return jdbc.sql("SELECT * FROM mailbox WHERE account_id = :account")
        .param("account", account.value())
        .query(MailboxRows::read)
        .optional();
  }

  /** The mailboxes of all folders of the account, the first folder's first. */
  List<Mailbox> all(AccountId account) {
    return jdbc.sql(
            "SELECT * FROM mailbox WHERE owner_account_id = :account ORDER BY account_id IS NULL, created_at, id")
        .param("account", account.value())
        .query(MailboxRows::read)
        .list();
  }

  Optional<Mailbox> find(MailboxId id) {
    return jdbc.sql("SELECT * FROM mailbox WHERE id = :id AND owner_account_id IS NOT NULL")
        .param("id", id.value())
        .query(MailboxRows::read)
        .optional();
  }

  /**
   * Locks the mailboxes of an account until the transaction ends. Ingesting mail of one of them
   * takes that lock too, so that mail that was ingested without checking a mailbox that is about to
   * be created is committed before that mailbox.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Mailbox> lock(AccountId account) {
    return jdbc.sql(
            """
            SELECT * FROM mailbox WHERE owner_account_id = :account
            ORDER BY account_id IS NULL, created_at, id FOR UPDATE
            """)
        .param("account", account.value())
        .query(MailboxRows::read)
        .list();
  }

  /** Detaches a mailbox from its account; what was read there stays known. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void detach(MailboxId mailbox) {
    jdbc.sql(
            """
            UPDATE mailbox SET account_id = NULL, further_account_id = NULL, fence = fence + 1,
              error = NULL, error_at = NULL, failures = 0, login_failed = false, retry_at = NULL
            WHERE id = :mailbox
            """)
        .param("mailbox", mailbox.value())
        .update();
  }

  /** Detaches all mailboxes of an account. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void detachAll(AccountId account) {
    lock(account).forEach(mailbox -> detach(mailbox.id()));
  }

  /** Makes a mailbox of the account the one of its first folder, in place of the present one. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void makeFirst(AccountId account, MailboxId mailbox) {
    jdbc.sql(
            """
            UPDATE mailbox SET account_id = NULL, further_account_id = account_id
            WHERE account_id = :account AND id <> :mailbox
            """)
        .param("account", account.value())
        .param("mailbox", mailbox.value())
        .update();
    jdbc.sql(
            "UPDATE mailbox SET account_id = :account, further_account_id = NULL WHERE id = :mailbox")
        .param("account", account.value())
        .param("mailbox", mailbox.value())
        .update();
  }

  /**
   * Inserts a mailbox without a cursor, as one of a further folder; false if another account has
   * it.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean create(AccountId account, MailboxKey key) {
    return jdbc.sql(
                """
                INSERT INTO mailbox (id, further_account_id, known_account_id, host, login, folder, place_sha256,
                  created_at)
                VALUES (:id, :account, :account, :host, :login, :folder, :sha256, statement_timestamp())
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

  /** The account's mailbox of that key; empty if absent. */
  Optional<Mailbox> at(AccountId account, MailboxKey key) {
    return all(account).stream().filter(mailbox -> mailbox.key().isSameAs(key)).findFirst();
  }

  /** The account that has the mailbox of that key; empty if absent. */
  Optional<AccountId> holder(MailboxKey key) {
    return jdbc.sql(
            """
            SELECT owner_account_id FROM mailbox WHERE owner_account_id IS NOT NULL AND place_sha256 = :sha256
            UNION ALL
            SELECT owner_account_id FROM mailbox
            WHERE owner_account_id IS NOT NULL AND host = :host AND login = :login AND folder = :folder
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
  void establish(MailboxId mailbox, Cursor cursor) {
    jdbc.sql(
            """
            UPDATE mailbox SET uid_validity = :validity, last_uid = :uid, watched_since = statement_timestamp()
            WHERE id = :mailbox AND uid_validity IS NULL
            """)
        .param("mailbox", mailbox.value())
        .param("validity", cursor.uidValidity())
        .param("uid", cursor.lastUid())
        .update();
  }

  /**
   * Moves the cursor past a UID.
   *
   * @throws LeaseLost if the lease is no longer current
   */
  void advance(MailboxContext context, long uid) {
    int moved =
        jdbc.sql(
                """
                UPDATE mailbox SET last_uid = :uid WHERE id = :mailbox AND fence = :fence
                  AND uid_validity = :validity AND epoch = :epoch AND last_uid < :uid
                """)
            .param("uid", uid)
            .param("mailbox", context.lease().mailbox().value())
            .param("fence", context.lease().fence())
            .param("validity", context.uidValidity())
            .param("epoch", context.epoch())
            .update();
    if (moved == 0) {
      throw new LeaseLost(context.lease().mailbox());
    }
  }

  /** Records which mails are about to be read; null clears it. A no-op without the lease. */
  void begin(MailboxContext context, @Nullable FetchAttempt attempt) {
    jdbc.sql(
            """
            UPDATE mailbox SET reading_from = :from, reading_to = :to, reading_epoch = :epoch,
              reading_tries = :tries
            WHERE id = :mailbox AND fence = :fence
            """)
        .param("from", attempt == null ? null : attempt.firstUid())
        .param("to", attempt == null ? null : attempt.lastUid())
        .param("epoch", context.epoch())
        .param("tries", attempt == null ? 0 : attempt.tries())
        .param("mailbox", context.lease().mailbox().value())
        .param("fence", context.lease().fence())
        .update();
  }

  /** A mail whose post-ingest action is pending. */
  record Pending(AfterIngest action, long uid) {}

  /** The lowest UIDs of mails whose post-ingest action is pending; none without the lease. */
  List<Pending> pending(MailboxContext context, int limit) {
    return jdbc.sql(
            """
            SELECT coalesce(i.after_action, 'seen') AS action, i.uid
            FROM inbound_mail i JOIN mailbox m ON m.id = i.mailbox_id
            WHERE m.fence = :fence AND %s
            ORDER BY i.uid LIMIT :limit
            """
                .formatted(SEEN_PENDING))
        .param("mailbox", context.lease().mailbox().value())
        .param("fence", context.lease().fence())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .param("limit", limit)
        .query(
            (row, number) ->
                new Pending(AfterIngest.of(row.getString("action")), row.getLong("uid")))
        .list();
  }

  /** The action on those mails was done, or refused for good. A no-op without the lease. */
  void done(MailboxContext context, List<Long> uids) {
    jdbc.sql(
            """
            UPDATE inbound_mail SET seen_pending = false WHERE mailbox_id = :mailbox
              AND uid_validity = :validity AND epoch = :epoch AND uid IN (:uids)
              AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = mailbox_id AND m.fence = :fence)
            """)
        .param("mailbox", context.lease().mailbox().value())
        .param("fence", context.lease().fence())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .param("uids", uids)
        .update();
  }

  /** Notes whether the server files junk in a folder. A no-op without the lease. */
  void junk(Lease lease, boolean junk) {
    jdbc.sql("UPDATE mailbox SET junk = :junk WHERE id = :mailbox AND fence = :fence")
        .param("junk", junk)
        .param("mailbox", lease.mailbox().value())
        .param("fence", lease.fence())
        .update();
  }

  /** Quarantined mails whose refetch was requested. */
  List<QuarantinedMail> refetchRequests(MailboxContext context) {
    return jdbc.sql(
            """
            SELECT *, %s FROM inbound_mail WHERE %s ORDER BY uid LIMIT 100
            """
                .formatted(QuarantinedMail.FROM_JUNK, REFETCH_REQUESTED))
        .param("mailbox", context.lease().mailbox().value())
        .param("validity", context.uidValidity())
        .param("epoch", context.epoch())
        .query(QuarantinedMail::of)
        .list();
  }

  /** Clears the request for a mail that crashed a node, before it is tried. */
  void clearFatalRefetch(QuarantinedMail quarantined) {
    jdbc.sql("UPDATE inbound_mail SET refetch_at = NULL WHERE id = :id AND reason LIKE 'fatal:%'")
        .param("id", quarantined.id())
        .update();
  }

  /**
   * A refetch was tried. A no-op without the lease.
   *
   * @param reason why the mail stays quarantined; null: unchanged
   */
  void refetchDone(MailboxContext context, QuarantinedMail quarantined, @Nullable String reason) {
    jdbc.sql(
            """
            UPDATE inbound_mail SET refetch_at = NULL,
              reason = CASE WHEN status = 'quarantined' THEN coalesce(:reason, reason) ELSE reason END
            WHERE id = :id
              AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = mailbox_id AND m.fence = :fence)
            """)
        .param("fence", context.lease().fence())
        .param("reason", reason)
        .param("id", quarantined.id())
        .update();
  }

  private static @Nullable ResyncWindow resyncWindow(ResultSet row, @Nullable Instant historyEnds)
      throws SQLException {
    long uidNext = row.getLong("reset_uid_next");
    return row.wasNull()
        ? null
        : new ResyncWindow(uidNext, historyEnds, SqlTimestamps.read(row, "reset_last_date"));
  }

  private static Mailbox read(ResultSet row, int number) throws SQLException {
    long validity = row.getLong("uid_validity");
    @Nullable Cursor cursor = row.wasNull() ? null : new Cursor(validity, row.getLong("last_uid"));
    Instant watchedSince = SqlTimestamps.read(row, "watched_since");
    Instant backfilledSince = SqlTimestamps.read(row, "backfilled_since");
    return new Mailbox(
        new MailboxId(row.getObject("id", UUID.class)),
        new AccountId(row.getObject("owner_account_id", UUID.class)),
        row.getObject("account_id") != null,
        new MailboxKey(row.getString("host"), row.getString("login"), row.getString("folder")),
        cursor,
        row.getInt("epoch"),
        row.getLong("fence"),
        watchedSince,
        resyncWindow(row, UidValidityReset.historyEnds(watchedSince, backfilledSince)),
        backfilledSince,
        row.getBoolean("taken_over"),
        attempt(row),
        row.getBoolean("junk"));
  }

  /** Null if the cursor has moved past it since. */
  private static @Nullable FetchAttempt attempt(ResultSet row) throws SQLException {
    long to = row.getLong("reading_to");
    return row.wasNull()
            || row.getInt("reading_epoch") != row.getInt("epoch")
            || to <= row.getLong("last_uid")
        ? null
        : new FetchAttempt(row.getLong("reading_from"), to, row.getInt("reading_tries"));
  }
}
