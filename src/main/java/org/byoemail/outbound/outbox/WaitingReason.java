package org.byoemail.outbound.outbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why an outbound message has not left yet.
 *
 * @param reason a stable word, such as {@code account_paused}
 * @param explanation a sentence, with the remedy if there is one
 * @param nextAttemptAt when it is tried next; null if somebody has to act first
 */
public record WaitingReason(String reason, String explanation, @Nullable Instant nextAttemptAt) {}
