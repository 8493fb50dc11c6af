package org.byoemail.outbound.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Says why an outbound message waits, by the conditions of {@code sql/claim-deliveries.sql}, in the
 * order in which they have to be resolved. Reads only. Safe for use by many threads.
 */
@Repository
class WaitingReasons {
  private static final int MAX_WORDS = 1000;
  private static final String DUE = "due";

  /**
   * The reason of mail whose account is not used, unless a transport of the platform carries it.
   */
  static final String NOT_USED = "account_not_used";

  /** The reason of mail whose agent or organization is stopped. */
  static final String STOPPED = "sending_stopped";

  private final JdbcClient jdbc;

  WaitingReasons(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Why the message waits; empty if nothing of it is left to be sent. */
  Optional<WaitingReason> of(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT d.due_at, d.held_reason, d.claim_token, d.tries, statement_timestamp() AS now,
              (SELECT paused_by FROM sending_pause) AS paused_by,
              stop.stopped_at, stop.agent_id AS stopped_agent, stop.reason AS stop_reason,
              EXISTS (SELECT 1 FROM database_life
                WHERE restored_at IS NOT NULL AND reconciled_at IS NULL) AS restored,
              a.id AS account, a.outbound_enabled, a.paused_at, a.needs_reauthorization_at,
              coalesce(r.sending, false) AS used, r.sending_why,
              p.next_send_at, left(p.wait_reason, :longest) AS wait_reason,
              h.backoff_until, left(h.error, :longest) AS health_error,
              (SELECT left(t.error, :longest) FROM outbound_message_attempt t
                WHERE t.message_id = d.message_id AND t.error IS NOT NULL
                ORDER BY t.try_number DESC LIMIT 1) AS last_error
            FROM outbound_delivery d
              LEFT JOIN agent_email_account a ON a.id = d.account_id
              LEFT JOIN account_rollout r ON r.account_id = a.id
              LEFT JOIN account_sending p ON p.account_id = a.id
              LEFT JOIN account_health h ON h.account_id = a.id AND h.side = 'smtp'
              LEFT JOIN LATERAL (SELECT stop.* FROM message m JOIN endpoint e ON e.id = m.endpoint_id
                  JOIN sending_stop stop ON stop.organization = m.organization
                    AND (stop.agent_id IS NULL OR stop.agent_id = e.owner_agent_id)
                WHERE m.id = d.message_id ORDER BY stop.agent_id LIMIT 1) stop ON true
            WHERE d.message_id = :id
            """)
        .param("id", message.value())
        .param("longest", MAX_WORDS)
        .query(WaitingReasons::read)
        .optional();
  }

  /**
   * Why mail would wait that is submitted now: for everybody, or for an agent or account.
   *
   * @param endpoint the sender's
   * @param account the sender's; null if it has none
   */
  Optional<WaitingReason> ofNew(EndpointId endpoint, @Nullable AccountId account) {
    return jdbc.sql(
            """
            SELECT statement_timestamp() AS due_at, NULL AS held_reason, NULL AS claim_token, 0 AS tries,
              statement_timestamp() AS now, (SELECT paused_by FROM sending_pause) AS paused_by,
              stop.stopped_at, stop.agent_id AS stopped_agent, stop.reason AS stop_reason,
              EXISTS (SELECT 1 FROM database_life
                WHERE restored_at IS NOT NULL AND reconciled_at IS NULL) AS restored,
              a.id AS account, a.outbound_enabled, a.paused_at, a.needs_reauthorization_at,
              coalesce(r.sending, false) AS used, r.sending_why,
              p.next_send_at, left(p.wait_reason, :longest) AS wait_reason,
              h.backoff_until, left(h.error, :longest) AS health_error, NULL AS last_error
            FROM (VALUES (:account::uuid, :endpoint::uuid)) AS asked (account, endpoint)
              LEFT JOIN agent_email_account a ON a.id = asked.account
              LEFT JOIN account_rollout r ON r.account_id = a.id
              LEFT JOIN account_sending p ON p.account_id = a.id
              LEFT JOIN account_health h ON h.account_id = a.id AND h.side = 'smtp'
              LEFT JOIN LATERAL (SELECT stop.* FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id
                  JOIN sending_stop stop ON stop.organization = g.organization
                    AND (stop.agent_id IS NULL OR stop.agent_id = g.id)
                WHERE e.id = asked.endpoint ORDER BY stop.agent_id LIMIT 1) stop ON true
            """)
        .param("endpoint", endpoint.value())
        .param("account", account == null ? null : account.value())
        .param("longest", MAX_WORDS)
        .query(WaitingReasons::read)
        .optional()
        .filter(waiting -> !waiting.reason().equals(DUE));
  }

  private static WaitingReason read(ResultSet row, int number) throws SQLException {
    Instant now = row.getTimestamp("now").toInstant();
    Instant dueAt = row.getTimestamp("due_at").toInstant();
    if (row.getString("held_reason") != null) {
      return new WaitingReason(
          "held", "It is held until somebody releases it: " + row.getString("held_reason"), null);
    }
    if (row.getObject("claim_token") != null) {
      return new WaitingReason("sending", "It is being sent at this moment.", null);
    }
    if (row.getBoolean("restored")) {
      return new WaitingReason(
          "database_restored",
          "Nothing is sent since the database was restored, until the reconciliation has ended.",
          null);
    }
    if (row.getString("paused_by") != null) {
      return new WaitingReason(
          "sending_paused", "All sending is paused: resume it (POST /sending/resume).", null);
    }
    if (row.getTimestamp("stopped_at") != null) {
      String reason = row.getString("stop_reason");
      boolean ofAgent = row.getObject("stopped_agent") != null;
      return new WaitingReason(
          STOPPED,
          "Sending of "
              + (ofAgent ? "the agent" : "all agents of the organization")
              + " is stopped"
              + (reason == null ? "" : " (" + reason + ")")
              + ": start it again (DELETE /sending/stops).",
          null);
    }
    WaitingReason ofAccount = row.getObject("account") == null ? null : account(row, now, dueAt);
    if (ofAccount != null) {
      return ofAccount;
    }
    if (!dueAt.isAfter(now)) {
      return new WaitingReason(DUE, "It is due, and is sent once a worker is free.", now);
    }
    String error = row.getString("last_error");
    return row.getInt("tries") > 0 && error != null
        ? new WaitingReason("retry", "The last attempt failed: " + error, dueAt)
        : new WaitingReason("scheduled", "It is scheduled for that time.", dueAt);
  }

  private static @Nullable WaitingReason account(ResultSet row, Instant now, Instant dueAt)
      throws SQLException {
    if (!row.getBoolean("used")) {
      String why = row.getString("sending_why");
      return new WaitingReason(
          NOT_USED,
          "The account is not used for sending ("
              + (why == null ? "not evaluated yet" : why)
              + "), and no transport of the platform carries its mail: change the rollout"
              + " (docs/rollout.md).",
          dueAt.isAfter(now) ? dueAt : null);
    }
    if (row.getTimestamp("paused_at") != null) {
      return new WaitingReason(
          "account_paused", "The account is paused: resume it (POST /accounts/{id}/resume).", null);
    }
    if (row.getTimestamp("needs_reauthorization_at") != null) {
      return new WaitingReason(
          "account_needs_reauthorization",
          "The owner of the account has to sign in again (POST /accounts/{id}/authorize).",
          null);
    }
    if (!row.getBoolean("outbound_enabled")) {
      return new WaitingReason(
          "account_disabled",
          "The account does not send: enable it (PATCH /accounts/{id} {\"outboundEnabled\": true}).",
          null);
    }
    Instant backoff = SqlTimestamps.read(row, "backoff_until");
    if (backoff != null && backoff.isAfter(now)) {
      return new WaitingReason(
          "account_error",
          "The account's server failed: " + row.getString("health_error"),
          later(backoff, dueAt));
    }
    Instant limit = SqlTimestamps.read(row, "next_send_at");
    if (limit != null && limit.isAfter(now)) {
      return new WaitingReason(
          "account_limit",
          "The account waits: " + row.getString("wait_reason"),
          later(limit, dueAt));
    }
    return null;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
