package org.byoemail.outbound.delivery;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.trace.LogContext;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * The right of this node to attempt a delivery, until it expires.
 *
 * @param token the token that every write of a result must match
 * @param account null if the message has none
 * @param accountVersion of the account when it was claimed; 0 without an account
 * @param accountUsed whether the account was used for sending when it was claimed (rollout)
 * @param tries how many attempts there were since it was accepted, or sent again by a person
 * @param firstTryAt when the first of them ended; null if there was none
 * @param unknownOnce whether an earlier attempt had an unknown outcome
 * @param review the approved review under which it is sent; null: it needed none
 * @param expired whether it had waited too long when it was claimed: it is ended, not sent
 */
public record Claim(
    StoredMessageId message,
    UUID token,
    AttemptId attempt,
    int attemptNumber,
    @Nullable AccountId account,
    long accountVersion,
    boolean accountUsed,
    int tries,
    @Nullable Instant firstAttemptAt,
    boolean unknownOnce,
    @Nullable UUID review,
    boolean expired) {

  /** Has the lines that this thread logs name what is claimed. */
  LogContext inLogs(@Nullable TraceParent trace) {
    return LogContext.of(
        message.value(), account == null ? null : account.value(), attempt.value(), trace);
  }

  /** From a row of {@code sql/claim-deliveries.sql}. */
  static Claim of(Map<String, ?> row) {
    UUID account = (UUID) row.get("account_id");
    Timestamp first = (Timestamp) row.get("first_try_at");
    Long version = (Long) row.get("account_version");
    return new Claim(
        new StoredMessageId((UUID) row.get("message_id")),
        (UUID) row.get("claim_token"),
        new AttemptId((UUID) row.get("attempt_id")),
        (Integer) row.get("try_number"),
        account == null ? null : new AccountId(account),
        version == null ? 0 : version,
        Boolean.TRUE.equals(row.get("account_sending")),
        (Integer) row.get("tries"),
        first == null ? null : first.toInstant(),
        Boolean.TRUE.equals(row.get("unknown_once")),
        (UUID) row.get("review_id"),
        Boolean.TRUE.equals(row.get("expired")));
  }
}
