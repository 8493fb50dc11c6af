package org.byoemail.account.rollout;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the rollout over all accounts.
 *
 * @param provider name of the OpenFeature provider; null: not evaluated yet
 * @param node the node that evaluates
 * @param evaluatedAt when it last evaluated all accounts
 * @param failure why the provider failed last; null: it works
 * @param failingSince null: it works
 * @param accounts how many there are
 * @param sending how many are used for sending
 * @param receiving how many are used for receiving
 */
public record RolloutState(
    @Nullable String provider,
    @Nullable String node,
    @Nullable Instant evaluatedAt,
    @Nullable String failure,
    @Nullable Instant failingSince,
    long accounts,
    long sending,
    long receiving) {}
