package org.byoemail.outbound.draft;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The drafts that are, or were, mirrored to the Drafts folder of an account. A row says that folder
 * and draft are to be compared; what the folder should have is read when that is done. Results are
 * written under the token of a claim.
 */
@Repository
class DraftCopies {
  private static final Duration CLAIM = Duration.ofMinutes(15);

  // A server that is away is not asked earlier because a draft changes.
  private static final String COMPARE_AGAIN =
      """
       changes = draft_copy.changes + 1, status = 'waiting',
       tries = CASE WHEN draft_copy.status = 'waiting' THEN draft_copy.tries ELSE 0 END,
       due_at = CASE WHEN draft_copy.status = 'waiting' AND draft_copy.error IS NOT NULL THEN draft_copy.due_at
         ELSE statement_timestamp() END
      """;

  private final JdbcClient jdbc;

  DraftCopies(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A claimed copy.
   *
   * @param changes of the draft when it was claimed
   * @param folder the one that has the copy; null: none is known
   * @param tries this one included
   */
  record Copy(
      UUID draft, AccountId account, UUID token, int changes, @Nullable String folder, int tries) {}

  /** The drafts were created, changed, sent or deleted, by the caller's transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void compare(Collection<UUID> drafts) {
    if (drafts.isEmpty()) {
      return;
    }
    UUID[] ids = drafts.toArray(UUID[]::new);
    jdbc.sql("UPDATE draft_copy SET " + COMPARE_AGAIN + " WHERE draft_id = ANY (:drafts)")
        .param("drafts", ids)
        .update();
    insert("d.id = ANY (:drafts)").param("drafts", ids).update();
  }

  /** The setting of the account was changed by the caller's transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void compareAll(AccountId account) {
    jdbc.sql("UPDATE draft_copy SET " + COMPARE_AGAIN + " WHERE account_id = :account")
        .param("account", account.value())
        .update();
    insert("d.account_id = :account").param("account", account.value()).update();
  }

  private JdbcClient.StatementSpec insert(String which) {
    return jdbc.sql(
        """
        INSERT INTO draft_copy (draft_id, account_id, due_at)
        SELECT d.id, d.account_id, statement_timestamp()
        FROM draft d JOIN account_drafts_folder f ON f.account_id = d.account_id AND f.mirrored
          JOIN agent_email_account a ON a.id = d.account_id
        WHERE d.sent_as IS NULL AND %s
        ON CONFLICT DO NOTHING
        """
            .formatted(which));
  }

  /** Some accounts that have copies due and can be used. */
  List<AccountId> accountsDue(int limit) {
    return jdbc
        .sql(
            """
            SELECT c.account_id FROM draft_copy c JOIN agent_email_account a ON a.id = c.account_id
            WHERE c.status = 'waiting' AND c.due_at <= statement_timestamp()
              AND (c.claimed_until IS NULL OR c.claimed_until < statement_timestamp())
              AND a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL AND a.imap_host IS NOT NULL
              AND EXISTS (SELECT 1 FROM account_rollout r WHERE r.account_id = c.account_id AND r.sending)
            GROUP BY c.account_id ORDER BY min(c.due_at) LIMIT :limit
            """)
        .param("limit", limit)
        .query(UUID.class)
        .list()
        .stream()
        .map(AccountId::new)
        .toList();
  }

  List<Copy> claim(AccountId account, int limit) {
    return jdbc.sql(
            """
            UPDATE draft_copy SET claim_token = gen_random_uuid(), tries = tries + 1,
              claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
            WHERE account_id = :account AND draft_id IN (
              SELECT draft_id FROM draft_copy
              WHERE account_id = :account AND status = 'waiting' AND due_at <= statement_timestamp()
                AND (claimed_until IS NULL OR claimed_until < statement_timestamp())
              ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING draft_id, claim_token, changes, folder, tries
            """)
        .param("account", account.value())
        .param("ttl", CLAIM.toMillis())
        .param("limit", limit)
        .query(
            (row, number) ->
                new Copy(
                    row.getObject("draft_id", UUID.class),
                    account,
                    row.getObject("claim_token", UUID.class),
                    row.getInt("changes"),
                    row.getString("folder"),
                    row.getInt("tries")))
        .list();
  }

  /** Renews a claim. False if it was lost: another node does the work. */
  boolean renew(Copy copy) {
    return of(
                copy,
                "UPDATE draft_copy SET claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'")
            .param("ttl", CLAIM.toMillis())
            .update()
        == 1;
  }

  /** The draft that the folder should have; empty if it should have none. */
  Optional<Draft> wanted(Copy copy) {
    return jdbc.sql(
            """
            SELECT d.* FROM draft d JOIN account_drafts_folder f ON f.account_id = d.account_id AND f.mirrored
            WHERE d.id = :draft AND d.account_id = :account AND d.sent_as IS NULL
            """)
        .param("draft", copy.draft())
        .param("account", copy.account().value())
        .query((row, number) -> DraftRows.read(row, row.getString("content")))
        .optional();
  }

  /** The folder has the copy. It is compared again if the draft has changed meanwhile. */
  void stored(Copy copy, String folder) {
    of(
            copy,
            """
            UPDATE draft_copy SET status = CASE WHEN changes = :changes THEN 'done' ELSE 'waiting' END,
              folder = :folder, error = NULL, tries = 0, due_at = statement_timestamp(),
              claim_token = NULL, claimed_until = NULL
            """)
        .param("changes", copy.changes())
        .param("folder", folder)
        .update();
  }

  /** The folder has no copy, nor should it have one. */
  void removed(Copy copy) {
    int unchanged =
        jdbc.sql(
                """
                DELETE FROM draft_copy WHERE draft_id = :draft AND account_id = :account AND claim_token = :token
                  AND changes = :changes
                """)
            .param("draft", copy.draft())
            .param("account", copy.account().value())
            .param("token", copy.token())
            .param("changes", copy.changes())
            .update();
    if (unchanged == 0) {
      of(
              copy,
              """
              UPDATE draft_copy SET folder = NULL, error = NULL, tries = 0, due_at = statement_timestamp(),
                claim_token = NULL, claimed_until = NULL
              """)
          .update();
    }
  }

  /** Gives the copy up, until the draft or the setting changes. */
  void giveUp(Copy copy, String error) {
    of(
            copy,
            """
            UPDATE draft_copy SET status = 'given_up', error = :error, claim_token = NULL, claimed_until = NULL
            """)
        .param("error", error)
        .update();
  }

  /** The copy is tried again later. */
  void postpone(Copy copy, Duration wait, String error) {
    of(
            copy,
            """
            UPDATE draft_copy SET due_at = statement_timestamp() + :wait * interval '1 millisecond', error = :error,
              claim_token = NULL, claimed_until = NULL
            """)
        .param("wait", wait.toMillis())
        .param("error", error)
        .update();
  }

  /** Backs off from the server of this account for a time. */
  void postponeAll(AccountId account, Duration wait, String error) {
    jdbc.sql(
            """
            UPDATE draft_copy SET due_at = statement_timestamp() + :wait * interval '1 millisecond', error = :error
            WHERE account_id = :account AND status = 'waiting' AND claim_token IS NULL
              AND due_at < statement_timestamp() + :wait * interval '1 millisecond'
            """)
        .param("account", account.value())
        .param("wait", wait.toMillis())
        .param("error", error)
        .update();
  }

  private JdbcClient.StatementSpec of(Copy copy, String update) {
    return jdbc.sql(
            update + " WHERE draft_id = :draft AND account_id = :account AND claim_token = :token")
        .param("draft", copy.draft())
        .param("account", copy.account().value())
        .param("token", copy.token());
  }
}
