package org.byoemail.account.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one side of an account fares.
 *
 * @param error what the server said, or what we found, at the last failure; null after a success
 * @param failures in a row
 * @param backoffUntil not to be tried before; null: at once
 */
public record AccountHealth(
    Protocol protocol,
    @Nullable Instant lastOkAt,
    @Nullable String error,
    @Nullable Instant errorAt,
    int failures,
    @Nullable Instant backoffUntil) {

  /** Nothing is known yet. */
  public static AccountHealth unknown(Protocol protocol) {
    return new AccountHealth(protocol, null, null, null, 0, null);
  }
}
