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
 * @param decision the outcome of a decision on a review in the answer; null: there was none
 */
public record DeliveryAttempt(
    @Nullable Integer status,
    @Nullable String answer,
    @Nullable String error,
    Duration took,
    @Nullable Duration retryAfter,
    boolean gone,
    @Nullable String decision) {

  /** Whether the receiver has accepted the event. */
  public boolean succeeded() {
    return error == null;
  }

  /** The same attempt with the outcome of a decision. */
  DeliveryAttempt decided(String what) {
    return new DeliveryAttempt(status, answer, error, took, retryAfter, gone, what);
  }

  static DeliveryAttempt failed(String error, Duration took) {
    return new DeliveryAttempt(null, null, error, took, null, false, null);
  }
}
