package org.byoemail.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt. Immutable.
 *
 * @param status HTTP status; null if there was no response
 * @param answer the start of the response body
 * @param error null if the receiver accepted the event
 * @param retryAfter the bounded Retry-After of the response
 * @param gone whether the receiver wants no more events (410)
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
