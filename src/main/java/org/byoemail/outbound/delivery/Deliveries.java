package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The rows of deliveries. The holder of a claim changes them by its token, and learns whether the
 * claim is still valid; everything else changes unclaimed rows only.
 *
 * <p>The column {@code due} keeps rows that have to wait out of the index of claiming. A row whose
 * time has come may lack it for a while, until {@link #markDue} sets it; a row that has it is
 * claimed only once {@code due_at} has come.
 */
@Repository
class Deliveries {
  /**
   * A claim that ends with a further attempt.
   *
   * @param heldReason why an operator has to release it; null if it is not held
   * @param counted whether the one that has ended counts: false if only the account refused
   */
  record Next(
      Claim claim,
      AttemptId attempt,
      Instant dueAt,
      @Nullable String heldReason,
      boolean unknownOnce,
      boolean counted) {}

  /**
   * Claims that are still valid.
   *
   * @param submissionIds by message, the ids of their submissions
   * @param now the database's time; the epoch if no claim is
   */
  record Locked(Set<UUID> tokens, Map<StoredMessageId, String> submissionIds, Instant now) {}

  /** The state of a delivery that is locked. */
  record State(boolean isClaimed, boolean isHeld) {}

  private final JdbcClient jdbc;
  private final JdbcClient claiming;

  Deliveries(JdbcClient jdbc, @Qualifier(ClaimDatabase.DATA_SOURCE) DataSource claims) {
    this.jdbc = jdbc;
    this.claiming = JdbcClient.create(claims);
  }

  /** The one rule for {@code due}: whether that time, an SQL expression, has come. */
  static String isDue(String time) {
    return time + " <= statement_timestamp()";
  }

  /** The assignments that make a delivery wait until that time, an SQL expression. */
  private static String waitUntil(String time) {
    return "due_at = " + time + ", due = " + isDue(time);
  }

  /** Marks deliveries whose time has come; returns how many. */
  int markDue(int limit) {
    return claiming
        .sql(
            """
            UPDATE outbound_delivery SET due = true WHERE message_id IN (
              SELECT message_id FROM outbound_delivery
              WHERE NOT due AND claim_token IS NULL AND held_reason IS NULL AND %s
              ORDER BY due_at LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED)
            """
                .formatted(isDue("due_at")))
        .param("limit", limit)
        .update();
  }

  /**
   * Makes mail of accounts due that has not been attempted and was postponed, for want of a
   * transport or a worker; returns how many. What its sender postponed, waits on.
   */
  int wakeUnsent(Collection<AccountId> accounts, int limit) {
    return jdbc.sql(
            """
            UPDATE outbound_delivery SET %s WHERE message_id IN (
              SELECT d.message_id FROM outbound_delivery d
                JOIN outbound_submission s ON s.message_id = d.message_id
              WHERE NOT d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.tries = 0
                AND d.due_at > statement_timestamp() AND d.due_at <= statement_timestamp() + :longest * interval '1 millisecond'
                AND d.account_id = ANY (:accounts)
                AND (s.send_at IS NULL OR s.send_at <= statement_timestamp())
              LIMIT :limit FOR NO KEY UPDATE OF d SKIP LOCKED)
            """
                .formatted(waitUntil("statement_timestamp()")))
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .param("longest", TransportChoice.NO_TRANSPORT.toMillis())
        .param("limit", limit)
        .update();
  }

  /** Makes valid claims last for that time, from now on. */
  void renew(List<UUID> tokens, Duration ttl) {
    claiming
        .sql(
            """
            WITH valid AS MATERIALIZED (
              SELECT message_id FROM outbound_delivery WHERE claim_token IN (:tokens)
                ORDER BY message_id FOR NO KEY UPDATE)
            UPDATE outbound_delivery SET claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
              WHERE message_id = ANY (ARRAY(SELECT message_id FROM valid))
            """)
        .param("tokens", tokens)
        .param("ttl", ttl.toMillis())
        .update();
  }

  /** Locks the messages and deliveries of claims for the rest of the transaction. */
  Locked lock(Collection<Claim> claims) {
    Set<UUID> tokens = new HashSet<>();
    Map<StoredMessageId, String> submissionIds = new HashMap<>();
    Instant[] at = {Instant.EPOCH};
    jdbc.sql(
            """
            SELECT d.claim_token, s.message_id, coalesce(s.forgotten_id, s.submission_id) AS submission_id,
              statement_timestamp() AS now
            FROM unnest(:messages::uuid[], :tokens::uuid[]) AS c (message_id, token)
              JOIN outbound_submission s ON s.message_id = c.message_id
              JOIN outbound_delivery d ON d.message_id = c.message_id AND d.claim_token = c.token
            ORDER BY s.message_id FOR NO KEY UPDATE OF s, d
            """)
        .param("messages", uuids(claims, claim -> claim.message().value()))
        .param("tokens", uuids(claims, Claim::token))
        .query(
            row -> {
              tokens.add(row.getObject("claim_token", UUID.class));
              submissionIds.put(
                  new StoredMessageId(row.getObject("message_id", UUID.class)),
                  row.getString("submission_id"));
              at[0] = row.getTimestamp("now").toInstant();
            });
    return new Locked(tokens, submissionIds, at[0]);
  }

  /** Ends deliveries whose claims the caller has locked. */
  void finish(List<Claim> claims) {
    if (!claims.isEmpty()) {
      drop(claims.stream().map(Claim::message).toList());
    }
  }

  /**
   * Gives up claims that were no attempts; lost ones are left alone.
   *
   * @param wait how long they may not be claimed; zero: they are due
   */
  void release(List<Claim> claims, Duration wait) {
    release(claims, wait, false);
  }

  /** As {@link #release}, for a failure of the gateway: its mail has waited since it was due. */
  void releaseFailed(Claim claim, Duration wait) {
    release(List.of(claim), wait, true);
  }

  private void release(List<Claim> claims, Duration wait, boolean failed) {
    if (claims.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_delivery d SET claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
              failing_since = CASE WHEN :failed THEN coalesce(d.failing_since, d.due_at) ELSE d.failing_since END,
              %s
            FROM unnest(:messages::uuid[], :tokens::uuid[]) AS c (message_id, token)
            WHERE d.message_id = c.message_id AND d.claim_token = c.token
            """
                .formatted(waitUntil("statement_timestamp() + :wait * interval '1 millisecond'")))
        .param("messages", uuids(claims, claim -> claim.message().value()))
        .param("tokens", uuids(claims, Claim::token))
        .param("wait", wait.toMillis())
        .param("failed", failed)
        .update();
  }

  /** Ends claims with a further attempt each. */
  void next(List<Next> deliveries) {
    if (deliveries.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            UPDATE outbound_delivery d SET claim_token = NULL, claimed_by = NULL, claimed_until = NULL,
              attempt_id = n.attempt, try_number = try_number + 1, %s,
              held_reason = n.held_reason, unknown_once = n.unknown_once, tries = tries + n.counted::int,
              failing_since = NULL,
              first_try_at = CASE WHEN n.counted THEN coalesce(first_try_at, statement_timestamp())
                ELSE first_try_at END
            FROM unnest(:messages::uuid[], :tokens::uuid[], :attempts::uuid[], :dueAts::timestamptz[],
                :heldReasons::text[], :unknownOnce::bool[], :counted::bool[])
              AS n (message_id, token, attempt, due_at, held_reason, unknown_once, counted)
            WHERE d.message_id = n.message_id AND d.claim_token = n.token
            """
                .formatted(waitUntil("n.due_at")))
        .param("messages", uuids(deliveries, next -> next.claim().message().value()))
        .param("tokens", uuids(deliveries, next -> next.claim().token()))
        .param("attempts", uuids(deliveries, next -> next.attempt().value()))
        .param(
            "dueAts",
            deliveries.stream().map(next -> next.dueAt().toString()).toArray(String[]::new))
        .param("heldReasons", deliveries.stream().map(Next::heldReason).toArray(String[]::new))
        .param("unknownOnce", deliveries.stream().map(Next::unknownOnce).toArray(Boolean[]::new))
        .param("counted", deliveries.stream().map(Next::counted).toArray(Boolean[]::new))
        .update();
  }

  /** Assigns a delivery without an account to the account that its sender now has. */
  boolean adopt(Claim claim, AccountId account) {
    return jdbc.sql(
                """
                UPDATE outbound_delivery SET account_id = :account, claim_token = NULL,
                  claimed_by = NULL, claimed_until = NULL
                WHERE message_id = :message AND claim_token = :token
                """)
            .param("message", claim.message().value())
            .param("token", claim.token())
            .param("account", account.value())
            .update()
        == 1;
  }

  /** Some expired claims, of any node. */
  List<Claim> expiredClaims(int limit) {
    return claiming
        .sql(
            """
            SELECT message_id, claim_token, attempt_id, try_number, account_id, tries, first_try_at,
              unknown_once, review_id, 0::bigint AS account_version, false AS expired
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
   * Locks the message and delivery of an expired claim. False if it was renewed or recorded since,
   * or another transaction has locked it.
   */
  boolean lockExpiredClaim(Claim claim) {
    return jdbc.sql(
            """
            SELECT 1 FROM outbound_submission s JOIN outbound_delivery d ON d.message_id = s.message_id
            WHERE s.message_id = :message AND d.claim_token = :token AND d.claimed_until < statement_timestamp()
            FOR NO KEY UPDATE OF s, d SKIP LOCKED
            """)
        .param("message", claim.message().value())
        .param("token", claim.token())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** Locks some expired messages that are unclaimed; with the attempt of each. */
  Map<StoredMessageId, AttemptId> lockExpired(int limit, Set<StoredMessageId> passedOver) {
    Map<StoredMessageId, AttemptId> expired = new HashMap<>();
    jdbc.sql(
            """
            SELECT d.message_id, d.attempt_id FROM outbound_submission s
            JOIN outbound_delivery d ON d.message_id = s.message_id
            -- The states as the index outbound_submission_expiry has them.
            WHERE s.expires_at <= statement_timestamp() AND s.status IN ('queued', 'sending', 'deferred', 'held')
              AND d.claim_token IS NULL AND s.message_id <> ALL (:passedOver)
              -- It may have been sent after the backup was made.
              AND NOT EXISTS (SELECT 1 FROM database_life WHERE restored_at IS NOT NULL AND reconciled_at IS NULL)
            LIMIT :limit FOR NO KEY UPDATE OF s, d SKIP LOCKED
            """)
        .param("passedOver", passedOver.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .param("limit", limit)
        .query(
            row -> {
              expired.put(
                  new StoredMessageId(row.getObject("message_id", UUID.class)),
                  new AttemptId(row.getObject("attempt_id", UUID.class)));
            });
    return expired;
  }

  /** Has a message without open recipients closed by the next claim, held or not. */
  void wakeIfSettled(StoredMessageId message) {
    jdbc.sql(
            """
            UPDATE outbound_delivery SET held_reason = NULL, %s
            WHERE message_id = :message AND claim_token IS NULL AND NOT EXISTS (
              SELECT 1 FROM message_recipient WHERE message_id = :message AND status = ANY (:open::text[]))
            """
                .formatted(waitUntil("statement_timestamp()")))
        .param("message", message.value())
        .param("open", RecipientStatus.words(RecipientStatus::isOpen))
        .update();
  }

  /** Locks the delivery of a message whose lock the caller has; empty if it is over. */
  Optional<State> lock(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT claim_token IS NOT NULL AS claimed, held_reason IS NOT NULL AS held
            FROM outbound_delivery WHERE message_id = :id FOR UPDATE
            """)
        .param("id", message.value())
        .query((row, number) -> new State(row.getBoolean("claimed"), row.getBoolean("held")))
        .optional();
  }

  /** Holds a delivery that the caller has locked. */
  void hold(StoredMessageId message, String reason) {
    jdbc.sql(
            "UPDATE outbound_delivery SET held_reason = :reason WHERE message_id = :id AND claim_token IS NULL")
        .param("id", message.value())
        .param("reason", reason)
        .update();
  }

  /** Makes a held delivery due, with a new retry schedule. */
  void free(StoredMessageId message, AttemptId attempt) {
    jdbc.sql(
            """
            UPDATE outbound_delivery d SET held_reason = NULL, %s, unknown_once = false, review_id = NULL,
              attempt_id = a.id, try_number = a.try_number, tries = 0, first_try_at = NULL
            FROM outbound_message_attempt a WHERE d.message_id = :id AND a.id = :attempt
            """
                .formatted(waitUntil("statement_timestamp()")))
        .param("id", message.value())
        .param("attempt", attempt.value())
        .update();
  }

  /** Makes a message due whose delivery was over. */
  void queueAgain(StoredMessageId message, AttemptId attempt) {
    jdbc.sql(
            """
            INSERT INTO outbound_delivery (message_id, account_id, attempt_id, try_number, priority, due_at, due)
            SELECT m.id, account.account_id, a.id, a.try_number, s.priority, statement_timestamp(), %s
            FROM message m JOIN outbound_submission s ON s.message_id = m.id
              JOIN outbound_message_attempt a ON a.id = :attempt
              LEFT JOIN endpoint_account account ON account.endpoint_id = m.endpoint_id
            WHERE m.id = :id
            """
                .formatted(isDue("statement_timestamp()")))
        .param("id", message.value())
        .param("attempt", attempt.value())
        .update();
  }

  /**
   * Has a message sent under an approved review.
   *
   * @param notBefore when it is due
   */
  void queueReviewed(StoredMessageId message, AttemptId attempt, UUID review, Instant notBefore) {
    jdbc.sql(
            """
            INSERT INTO outbound_delivery (message_id, account_id, attempt_id, try_number, priority, due_at, due, review_id)
            SELECT m.id, account.account_id, a.id, a.try_number, s.priority,
              greatest(statement_timestamp(), :notBefore::timestamptz), %s, :review
            FROM message m JOIN outbound_submission s ON s.message_id = m.id
              JOIN outbound_message_attempt a ON a.id = :attempt
              LEFT JOIN endpoint_account account ON account.endpoint_id = m.endpoint_id
            WHERE m.id = :id
            """
                .formatted(isDue(":notBefore::timestamptz")))
        .param("id", message.value())
        .param("attempt", attempt.value())
        .param("review", review)
        .param("notBefore", notBefore.toString())
        .update();
  }

  /** Ends deliveries that the caller has locked. */
  void drop(Collection<StoredMessageId> messages) {
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = ANY (:messages)")
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
  }

  private static <T> UUID[] uuids(Collection<T> items, Function<T, UUID> field) {
    return items.stream().map(field).toArray(UUID[]::new);
  }
}
