package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.byoemail.operations.setup.LimitsFields;
import org.byoemail.outbound.delivery.AccountSending;
import org.jspecify.annotations.Nullable;

/**
 * The sending limits of an account.
 *
 * @param preset the provider whose limits apply unless the operator has set others
 * @param inForce the limits that apply: the operator's and the provider's together
 * @param own the operator's limits
 * @param nextSendAt until when the account's mail waits
 */
@Schema(name = "Limits")
record LimitsResponse(
    @Nullable String preset,
    LimitsFields inForce,
    LimitsFields own,
    @Nullable Instant nextSendAt,
    @Nullable String waitReason) {

  static LimitsResponse of(AccountSending sending) {
    return new LimitsResponse(
        sending.preset(),
        LimitsFields.of(sending.limits(), sending.connections()),
        LimitsFields.of(sending.own(), sending.ownConnections()),
        sending.nextSendAt(),
        sending.waitReason());
  }
}
