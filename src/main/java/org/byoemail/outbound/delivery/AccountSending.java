package org.byoemail.outbound.delivery;

import java.time.Instant;
import org.byoemail.outbound.limit.SendingLimits;
import org.jspecify.annotations.Nullable;

/**
 * The sending limits of an account, and whether it waits.
 *
 * @param preset the provider that it was recognised as; null for none
 * @param own what an operator set
 * @param limits what holds: the operator's, and where those say nothing the provider's
 * @param connections at a time over all nodes; null: as many as any account
 * @param ownConnections what an operator set
 * @param nextSendAt its mail waits until then; null: it does not wait
 * @param waitReason why it waits
 */
public record AccountSending(
    @Nullable String preset,
    SendingLimits own,
    SendingLimits limits,
    @Nullable Integer connections,
    @Nullable Integer ownConnections,
    @Nullable Instant nextSendAt,
    @Nullable String waitReason) {}
