package org.byoemail.outbound;

import java.util.Map;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AttemptId;
import org.jspecify.annotations.Nullable;

/**
 * The right of this node to work on a delivery, until it runs out.
 *
 * @param token what was written for this claim: every result names it
 * @param account null where the message has none
 * @param accountVersion of the account when it was claimed; 0 where there is none
 * @param unknownOnce whether an earlier try was of unknown fate
 */
public record Claim(
    UUID message,
    UUID token,
    AttemptId attempt,
    int tryNumber,
    @Nullable AccountId account,
    long accountVersion,
    boolean unknownOnce) {

  /** From a row of {@code sql/claim-deliveries.sql}. */
  static Claim of(Map<String, ?> row) {
    UUID account = (UUID) row.get("account_id");
    Long version = (Long) row.get("account_version");
    return new Claim(
        (UUID) row.get("message_id"),
        (UUID) row.get("claim_token"),
        new AttemptId((UUID) row.get("attempt_id")),
        (Integer) row.get("try_number"),
        account == null ? null : new AccountId(account),
        version == null ? 0 : version,
        Boolean.TRUE.equals(row.get("unknown_once")));
  }
}
