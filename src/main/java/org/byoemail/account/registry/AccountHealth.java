package org.byoemail.account.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The health of one side of an account.
 *
 * @param error the server's reply, or the cause, of the last failure; null after a success
 * @param failures consecutive failures
 * @param backoffUntil end of the backoff; null: none
 */
public record AccountHealth(
    Protocol protocol,
    @Nullable Instant lastOkAt,
    @Nullable String error,
    @Nullable Instant errorAt,
    int failures,
    @Nullable Instant backoffUntil) {

  /** The health of a side that was never used. */
  public static AccountHealth unknown(Protocol protocol) {
    return new AccountHealth(protocol, null, null, null, 0, null);
  }
}
