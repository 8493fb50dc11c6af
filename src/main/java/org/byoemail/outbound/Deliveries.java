package org.byoemail.outbound;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The work rows. Whoever holds a claim changes them by its token, and learns whether it is still
 * theirs; all others only touch what nobody has claimed.
 */
@Repository
class Deliveries {
  private final JdbcClient jdbc;
  private final Clock clock;

  Deliveries(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Makes claims last longer; those that are no longer ours are left alone. */
  void renew(List<UUID> tokens, Instant until) {
    jdbc.sql("UPDATE outbound_delivery SET claimed_until = :until WHERE claim_token IN (:tokens)")
        .param("tokens", tokens)
        .param("until", Times.parameter(until))
        .update();
  }

  /** Nothing is left to do. False where the claim was lost. */
  boolean finish(Claim claim) {
    return jdbc.sql(
                "DELETE FROM outbound_delivery WHERE message_id = :message AND claim_token = :token")
            .param("message", claim.message())
            .param("token", claim.token())
            .update()
        == 1;
  }

  /** Lets go of a claim: this was no try. False where the claim was lost. */
  boolean release(Claim claim, Instant dueAt) {
    return jdbc.sql(
                """
                UPDATE outbound_delivery SET claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
                  due_at = :dueAt
                WHERE message_id = :message AND claim_token = :token
                """)
            .param("message", claim.message())
            .param("token", claim.token())
            .param("dueAt", Times.parameter(dueAt))
            .update()
        == 1;
  }

  /**
   * Lets go of a claim for a further attempt.
   *
   * @param heldReason why a person has to free it; null where none has to
   */
  void next(
      Claim claim,
      AttemptId attempt,
      Instant dueAt,
      @Nullable String heldReason,
      boolean unknownOnce) {
    jdbc.sql(
            """
            UPDATE outbound_delivery SET claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
              attempt_id = :attempt, try_number = try_number + 1, due_at = :dueAt, held_reason = :heldReason,
              unknown_once = :unknownOnce, tries = tries + 1, first_try_at = coalesce(first_try_at, :now)
            WHERE message_id = :message AND claim_token = :token
            """)
        .param("message", claim.message())
        .param("token", claim.token())
        .param("attempt", attempt.value())
        .param("dueAt", Times.parameter(dueAt))
        .param("heldReason", heldReason)
        .param("unknownOnce", unknownOnce)
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  /** Gives a delivery without an account the one that its sender has got since. */
  boolean adopt(Claim claim, AccountId account) {
    return jdbc.sql(
                """
                UPDATE outbound_delivery SET account_id = :account, claim_token = NULL,
                  claimed_by = NULL, claimed_until = NULL
                WHERE message_id = :message AND claim_token = :token
                """)
            .param("message", claim.message())
            .param("token", claim.token())
            .param("account", account.value())
            .update()
        == 1;
  }

  /** Locks the delivery for the rest of the transaction. False where the claim was lost. */
  boolean lock(Claim claim) {
    return jdbc.sql(
            "SELECT 1 FROM outbound_delivery WHERE message_id = :message AND claim_token = :token FOR UPDATE")
        .param("message", claim.message())
        .param("token", claim.token())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** Some claims that ran out, of any node. */
  List<Claim> runOut(int limit) {
    return jdbc
        .sql(
            """
            SELECT message_id, claim_token, attempt_id, try_number, account_id, tries, first_try_at,
              unknown_once, 0::bigint AS account_version
            FROM outbound_delivery WHERE claim_token IS NOT NULL AND claimed_until < :now LIMIT :limit
            """)
        .param("now", Times.parameter(clock.instant()))
        .param("limit", limit)
        .query()
        .listOfRows()
        .stream()
        .map(Claim::of)
        .toList();
  }

  /** Locks the delivery of a claim that ran out. False where it was renewed or recorded since. */
  boolean lockRunOut(Claim claim) {
    return jdbc.sql(
            """
            SELECT 1 FROM outbound_delivery
            WHERE message_id = :message AND claim_token = :token AND claimed_until < :now
            FOR UPDATE SKIP LOCKED
            """)
        .param("message", claim.message())
        .param("token", claim.token())
        .param("now", Times.parameter(clock.instant()))
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** Some messages that have waited too long, claimed by nobody. */
  List<UUID> expired(int limit) {
    return jdbc.sql(
            """
            SELECT d.message_id FROM outbound_submission s
            JOIN outbound_delivery d ON d.message_id = s.message_id
            WHERE s.expires_at <= :now AND s.status IN ('queued', 'sending', 'deferred', 'held')
              AND d.claim_token IS NULL
            LIMIT :limit
            """)
        .param("now", Times.parameter(clock.instant()))
        .param("limit", limit)
        .query(UUID.class)
        .list();
  }

  /** Locks the delivery of a message that nobody has claimed; empty where there is none. */
  Optional<AttemptId> lockWaiting(UUID message) {
    return jdbc.sql(
            "SELECT attempt_id FROM outbound_delivery WHERE message_id = :message AND claim_token IS NULL FOR UPDATE")
        .param("message", message)
        .query(UUID.class)
        .optional()
        .map(AttemptId::new);
  }

  /** Lets a message for which nothing is left to do be closed by the next claim, held or not. */
  void wakeIfSettled(UUID message) {
    jdbc.sql(
            """
            UPDATE outbound_delivery SET held_reason = NULL, due_at = :now
            WHERE message_id = :message AND claim_token IS NULL AND NOT EXISTS (
              SELECT 1 FROM message_recipient
              WHERE message_id = :message AND status IN ('queued', 'sending', 'deferred', 'held'))
            """)
        .param("message", message)
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  /** Nothing is left to do for a message that nobody has claimed. */
  void drop(UUID message) {
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = :message AND claim_token IS NULL")
        .param("message", message)
        .update();
  }
}
