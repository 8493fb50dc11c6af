package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.byoemail.outbound.delivery.AccountSending;
import org.jspecify.annotations.Nullable;

/**
 * What holds.
 *
 * @param preset the provider whose limits hold where the operator set none
 * @param inForce the operator's and the provider's together
 * @param own the operator's
 * @param nextSendAt its mail waits until then
 */
@Schema(name = "Limits")
record LimitsResponse(
    @Nullable String preset,
    LimitsRequest inForce,
    LimitsRequest own,
    @Nullable Instant nextSendAt,
    @Nullable String waitReason) {

  static LimitsResponse of(AccountSending sending) {
    return new LimitsResponse(
        sending.preset(),
        LimitsRequest.of(sending.limits(), sending.connections()),
        LimitsRequest.of(sending.own(), sending.ownConnections()),
        sending.nextSendAt(),
        sending.waitReason());
  }
}
