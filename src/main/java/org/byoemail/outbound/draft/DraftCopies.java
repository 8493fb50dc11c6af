package org.byoemail.outbound.draft;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.foldercopy.CopyQueue;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The drafts that are, or were, mirrored to the Drafts folder of an account. A row says that folder
 * and draft are to be compared; what the folder should have is read when that is done.
 */
@Repository
class DraftCopies {
  private static final int MAX_TRIES = 10;
  private static final ExponentialBackoff BACKOFF =
      new ExponentialBackoff(Duration.ofMinutes(1), 3, Duration.ofHours(6), 0);

  // A server that is away is not asked earlier because a draft changes.
  private static final String COMPARE_AGAIN =
      """
       changes = draft_copy.changes + 1, status = 'waiting',
       tries = CASE WHEN draft_copy.status = 'waiting' THEN draft_copy.tries ELSE 0 END,
       due_at = CASE WHEN draft_copy.status = 'waiting' AND draft_copy.error IS NOT NULL THEN draft_copy.due_at
         ELSE statement_timestamp() END
      """;

  private final JdbcClient jdbc;
  private final CopyQueue<Copy> queue;

  DraftCopies(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.queue =
        new CopyQueue<>(
            jdbc,
            meters,
            new CopyQueue.Definition<>(
                "draft_copy",
                "UPDATE draft_copy c",
                "draft_id",
                "c.draft_id, c.account_id, c.claim_token, c.tries, c.changes, c.folder",
                (row, number) ->
                    new Copy(
                        row.getObject("draft_id", UUID.class),
                        new AccountId(row.getObject("account_id", UUID.class)),
                        row.getObject("claim_token", UUID.class),
                        row.getInt("tries"),
                        row.getInt("changes"),
                        row.getString("folder")),
                "byo.draft.copies",
                tries ->
                    tries >= MAX_TRIES ? Optional.empty() : Optional.of(BACKOFF.delay(tries))));
  }

  /**
   * A claimed copy.
   *
   * @param changes of the draft when it was claimed
   * @param folder the one that has the copy; null: none is known
   */
  record Copy(
      UUID draft, AccountId account, UUID token, int tries, int changes, @Nullable String folder)
      implements CopyQueue.ClaimedCopy {
    @Override
    public UUID key() {
      return draft;
    }
  }

  CopyQueue<Copy> queue() {
    return queue;
  }

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
    queue
        .claimed(
            copy,
            """
            status = CASE WHEN changes = :changes THEN 'done' ELSE 'waiting' END,
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
      queue
          .claimed(
              copy,
              """
              folder = NULL, error = NULL, tries = 0, due_at = statement_timestamp(),
                claim_token = NULL, claimed_until = NULL
              """)
          .update();
    }
  }
}
