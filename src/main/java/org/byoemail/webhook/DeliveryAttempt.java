package org.byoemail.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt came to. Immutable.
 *
 * @param status of HTTP; null: there was no answer
 * @param answer the start of the body
 * @param error null: the receiver has accepted the event
 * @param retryAfter what the receiver asked for, bounded
 * @param gone the receiver wants no more events (410)
 */
public record DeliveryAttempt(
    @Nullable Integer status,
    @Nullable String answer,
    @Nullable String error,
    Duration took,
    @Nullable Duration retryAfter,
    boolean gone) {

  /** Whether the receiver has accepted the event. */
  public boolean succeeded() {
    return error == null;
  }

  static DeliveryAttempt failed(String error, Duration took) {
    return new DeliveryAttempt(null, null, error, took, null, false);
  }
}
