package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The work rows. Whoever holds a claim changes them by its token, and learns whether it is still
 * theirs; all others only touch what nobody has claimed.
 *
 * <p>The column {@code due} says that a row's time has come, so that claiming looks at no row that
 * has to wait. {@link #markDue} sets it; it may be set early, never late, and means nothing without
 * {@code due_at}.
 */
@Repository
public class Deliveries {
  /**
   * A claim that is let go of for a further attempt.
   *
   * @param heldReason why a person has to free it; null where none has to
   */
  record Next(
      Claim claim,
      AttemptId attempt,
      Instant dueAt,
      @Nullable String heldReason,
      boolean unknownOnce) {}

  /**
   * Claims that were not lost.
   *
   * @param now the database's time, where there is any
   */
  record Locked(Set<UUID> tokens, Instant now) {}

  private final JdbcClient jdbc;
  private final JdbcClient claiming;

  Deliveries(JdbcClient jdbc, @Qualifier(ClaimDatabase.DATA_SOURCE) DataSource claims) {
    this.jdbc = jdbc;
    this.claiming = JdbcClient.create(claims);
  }

  /** Lets some of those be claimed whose time has come; how many. */
  int markDue(int limit) {
    return claiming
        .sql(
            """
            UPDATE outbound_delivery SET due = true WHERE message_id IN (
              SELECT message_id FROM outbound_delivery
              WHERE NOT due AND claim_token IS NULL AND held_reason IS NULL AND due_at <= statement_timestamp()
              ORDER BY due_at LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED)
            """)
        .param("limit", limit)
        .update();
  }

  /** Makes claims last longer, from now on; those that are no longer ours are left alone. */
  void renew(List<UUID> tokens, Duration ttl) {
    claiming
        .sql(
            """
            WITH ours AS MATERIALIZED (
              SELECT message_id FROM outbound_delivery WHERE claim_token IN (:tokens)
                ORDER BY message_id FOR NO KEY UPDATE)
            UPDATE outbound_delivery SET claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
              WHERE message_id = ANY (ARRAY(SELECT message_id FROM ours))
            """)
        .param("tokens", tokens)
        .param("ttl", ttl.toMillis())
        .update();
  }

  /**
   * Locks the deliveries of claims for the rest of the transaction, behind the gate of their
   * messages.
   */
  Locked lock(Collection<Claim> claims) {
    Set<UUID> tokens = new HashSet<>();
    Instant[] at = {Instant.EPOCH};
    jdbc.sql(
            """
            SELECT d.claim_token, statement_timestamp() AS now
            FROM unnest(:messages::uuid[], :tokens::uuid[]) AS c (message_id, token)
              JOIN outbound_submission s ON s.message_id = c.message_id
              JOIN outbound_delivery d ON d.message_id = c.message_id AND d.claim_token = c.token
            ORDER BY s.message_id FOR NO KEY UPDATE OF s, d
            """)
        .param("messages", uuids(claims, Claim::message))
        .param("tokens", uuids(claims, Claim::token))
        .query(
            row -> {
              tokens.add(row.getObject("claim_token", UUID.class));
              at[0] = row.getTimestamp("now").toInstant();
            });
    return new Locked(tokens, at[0]);
  }

  /** Nothing is left to do for these, which the caller has locked. */
  void finish(List<Claim> claims) {
    if (!claims.isEmpty()) {
      drop(claims.stream().map(Claim::message).toList());
    }
  }

  /**
   * Lets go of claims: these were no tries. Lost ones are left alone.
   *
   * @param wait for how long nobody may claim them; zero: they are due
   */
  void release(List<Claim> claims, Duration wait) {
    if (claims.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_delivery d SET claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
              due_at = statement_timestamp() + :wait * interval '1 millisecond', due = :wait = 0
            FROM unnest(:messages::uuid[], :tokens::uuid[]) AS c (message_id, token)
            WHERE d.message_id = c.message_id AND d.claim_token = c.token
            """)
        .param("messages", uuids(claims, Claim::message))
        .param("tokens", uuids(claims, Claim::token))
        .param("wait", wait.toMillis())
        .update();
  }

  /** Lets go of claims for further attempts. */
  void next(List<Next> deliveries) {
    if (deliveries.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_delivery d SET claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
              attempt_id = n.attempt, try_number = try_number + 1, due_at = n.due_at, due = n.due_at <= statement_timestamp(),
              held_reason = n.held_reason, unknown_once = n.unknown_once, tries = tries + 1,
              first_try_at = coalesce(first_try_at, statement_timestamp())
            FROM unnest(:messages::uuid[], :tokens::uuid[], :attempts::uuid[], :dueAts::timestamptz[],
                :heldReasons::text[], :unknownOnce::bool[])
              AS n (message_id, token, attempt, due_at, held_reason, unknown_once)
            WHERE d.message_id = n.message_id AND d.claim_token = n.token
            """)
        .param("messages", uuids(deliveries, next -> next.claim().message()))
        .param("tokens", uuids(deliveries, next -> next.claim().token()))
        .param("attempts", uuids(deliveries, next -> next.attempt().value()))
        .param(
            "dueAts",
            deliveries.stream().map(next -> next.dueAt().toString()).toArray(String[]::new))
        .param("heldReasons", deliveries.stream().map(Next::heldReason).toArray(String[]::new))
        .param("unknownOnce", deliveries.stream().map(Next::unknownOnce).toArray(Boolean[]::new))
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

  /** Some claims that ran out, of any node. */
  List<Claim> runOut(int limit) {
    return claiming
        .sql(
            """
            SELECT message_id, claim_token, attempt_id, try_number, account_id, tries, first_try_at,
              unknown_once, 0::bigint AS account_version, false AS expired
            FROM outbound_delivery WHERE claim_token IS NOT NULL AND claimed_until < statement_timestamp() LIMIT :limit
            """)
        .param("limit", limit)
        .query()
        .listOfRows()
        .stream()
        .map(Claim::of)
        .toList();
  }

  /**
   * Locks the delivery of a claim that ran out, behind the gate of its message. False where it was
   * renewed or recorded since, or somebody is at it.
   */
  boolean lockRunOut(Claim claim) {
    return jdbc.sql(
            """
            SELECT 1 FROM outbound_submission s JOIN outbound_delivery d ON d.message_id = s.message_id
            WHERE s.message_id = :message AND d.claim_token = :token AND d.claimed_until < statement_timestamp()
            FOR NO KEY UPDATE OF s, d SKIP LOCKED
            """)
        .param("message", claim.message())
        .param("token", claim.token())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /**
   * Locks some messages that have waited too long, claimed by nobody, behind their gate; with the
   * attempt of each.
   */
  Map<UUID, AttemptId> lockExpired(int limit, Set<UUID> passedOver) {
    Map<UUID, AttemptId> expired = new HashMap<>();
    jdbc.sql(
            """
            SELECT d.message_id, d.attempt_id FROM outbound_submission s
            JOIN outbound_delivery d ON d.message_id = s.message_id
            WHERE s.expires_at <= statement_timestamp() AND s.status IN ('queued', 'sending', 'deferred', 'held')
              AND d.claim_token IS NULL AND s.message_id <> ALL (:passedOver)
            LIMIT :limit FOR NO KEY UPDATE OF s, d SKIP LOCKED
            """)
        .param("passedOver", passedOver.toArray(UUID[]::new))
        .param("limit", limit)
        .query(
            row -> {
              expired.put(
                  row.getObject("message_id", UUID.class),
                  new AttemptId(row.getObject("attempt_id", UUID.class)));
            });
    return expired;
  }

  /** Lets a message for which nothing is left to do be closed by the next claim, held or not. */
  void wakeIfSettled(UUID message) {
    jdbc.sql(
            """
            UPDATE outbound_delivery SET held_reason = NULL, due_at = statement_timestamp(), due = true
            WHERE message_id = :message AND claim_token IS NULL AND NOT EXISTS (
              SELECT 1 FROM message_recipient
              WHERE message_id = :message AND status IN ('queued', 'sending', 'deferred', 'held'))
            """)
        .param("message", message)
        .update();
  }

  /** Nothing is left to do for messages whose deliveries the caller has locked. */
  public void drop(Collection<UUID> messages) {
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = ANY (:messages)")
        .param("messages", messages.toArray(UUID[]::new))
        .update();
  }

  private static <T> UUID[] uuids(Collection<T> items, Function<T, UUID> field) {
    return items.stream().map(field).toArray(UUID[]::new);
  }
}
