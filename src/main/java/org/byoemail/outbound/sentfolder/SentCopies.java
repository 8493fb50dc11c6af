package org.byoemail.outbound.sentfolder;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The copies to store in Sent folders: one for each message, whatever the number of its attempts.
 * Results are written under the token of a claim.
 */
@Repository
class SentCopies {
  private static final Duration CLAIM = Duration.ofMinutes(15);

  private final SentFolderSettings settings;
  private final JdbcClient jdbc;

  SentCopies(SentFolderSettings settings, JdbcClient jdbc) {
    this.settings = settings;
    this.jdbc = jdbc;
  }

  /**
   * A claimed copy.
   *
   * @param attempt the one by which it was sent
   * @param tries this one included
   */
  record Copy(StoredMessageId message, UUID token, AttemptId attempt, Instant sentAt, int tries) {}

  /** Plans the copies of attempts that succeeded by accounts that want them. */
  void plan(Collection<AttemptId> attempts) {
    jdbc.sql(
            """
            INSERT INTO sent_copy (message_id, attempt_id, account_id, due_at)
            SELECT a.message_id, a.id, s.account_id, statement_timestamp() + :wait * interval '1 millisecond'
            FROM outbound_message_attempt a
              JOIN message m ON m.id = a.message_id
              JOIN endpoint_account l ON l.endpoint_id = m.endpoint_id
              JOIN agent_email_account x ON x.id = l.account_id AND x.imap_host IS NOT NULL
              JOIN account_sent_folder s ON s.account_id = x.id AND s.enabled
            WHERE a.id = ANY (:attempts) AND a.provider = 'smtp' AND a.outcome = 'accepted'
            ON CONFLICT DO NOTHING
            """)
        .param("attempts", attempts.stream().map(AttemptId::value).toArray(UUID[]::new))
        .param("wait", settings.delay().toMillis())
        .update();
  }

  /** Some accounts that have copies due and can be used. */
  List<AccountId> accountsDue(int limit) {
    return jdbc
        .sql(
            """
            SELECT c.account_id FROM sent_copy c JOIN agent_email_account a ON a.id = c.account_id
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
            UPDATE sent_copy c SET claim_token = gen_random_uuid(), tries = c.tries + 1,
              claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
            FROM outbound_message_attempt a
            WHERE a.id = c.attempt_id AND c.message_id IN (
              SELECT message_id FROM sent_copy
              WHERE account_id = :account AND status = 'waiting' AND due_at <= statement_timestamp()
                AND (claimed_until IS NULL OR claimed_until < statement_timestamp())
              ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING c.message_id, c.claim_token, c.attempt_id, a.sent_at, c.tries
            """)
        .param("account", account.value())
        .param("ttl", CLAIM.toMillis())
        .param("limit", limit)
        .query(
            (row, number) ->
                new Copy(
                    new StoredMessageId(row.getObject("message_id", UUID.class)),
                    row.getObject("claim_token", UUID.class),
                    new AttemptId(row.getObject("attempt_id", UUID.class)),
                    row.getTimestamp("sent_at").toInstant(),
                    row.getInt("tries")))
        .list();
  }

  /** Renews a claim. False if it was lost: another node stores the copy. */
  boolean renew(Copy copy) {
    return jdbc.sql(
                """
                UPDATE sent_copy SET claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
                WHERE message_id = :message AND claim_token = :token
                """)
            .param("message", copy.message().value())
            .param("token", copy.token())
            .param("ttl", CLAIM.toMillis())
            .update()
        == 1;
  }

  /** The copy is stored. */
  void done(Copy copy) {
    end(copy, "done", null, null);
  }

  /** The copy is given up. */
  void giveUp(Copy copy, String error) {
    end(copy, "given_up", null, error);
  }

  /** The copy is tried again later. */
  void postpone(Copy copy, Duration wait, String error) {
    end(copy, "waiting", wait, error);
  }

  /** Backs off from the server of this account for a time. */
  void postponeAll(AccountId account, Duration wait) {
    jdbc.sql(
            """
            UPDATE sent_copy SET due_at = statement_timestamp() + :wait * interval '1 millisecond'
            WHERE account_id = :account AND status = 'waiting' AND claim_token IS NULL
              AND due_at < statement_timestamp() + :wait * interval '1 millisecond'
            """)
        .param("account", account.value())
        .param("wait", wait.toMillis())
        .update();
  }

  private void end(Copy copy, String status, @Nullable Duration wait, @Nullable String error) {
    jdbc.sql(
            """
            UPDATE sent_copy SET status = :status, error = :error, claim_token = NULL, claimed_until = NULL,
              due_at = coalesce(statement_timestamp() + :wait::bigint * interval '1 millisecond', due_at)
            WHERE message_id = :message AND claim_token = :token
            """)
        .param("message", copy.message().value())
        .param("token", copy.token())
        .param("status", status)
        .param("error", error)
        .param("wait", wait == null ? null : wait.toMillis())
        .update();
  }
}
