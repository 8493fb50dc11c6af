package org.byoemail.outbound.delivery;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/** The state of one recipient of an outbound message, and which transitions may leave it. */
public enum RecipientStatus {
  QUEUED,
  SENDING,
  DEFERRED,
  HELD,
  IN_REVIEW,
  SENT,
  FAILED,
  DELIVERED,
  CANCELLED,
  EXPIRED,
  SIMULATED;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state of that word.
   *
   * @throws IllegalArgumentException if no status has that word
   */
  public static RecipientStatus of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether something is still to be done for the recipient. */
  public boolean isOpen() {
    return isWaiting() || this == SENDING;
  }

  private boolean isWaiting() {
    return this == QUEUED || this == DEFERRED || this == HELD || this == IN_REVIEW;
  }

  /** Whether the next attempt is for this recipient too. */
  boolean canBegin() {
    return this == QUEUED || this == DEFERRED;
  }

  /** Whether the result of an attempt may be written. */
  boolean canBeSettled() {
    return this == SENDING;
  }

  /** Whether a person may cancel it. */
  boolean canBeCancelled() {
    return isWaiting();
  }

  /** Whether it may expire. */
  boolean canExpire() {
    return isWaiting();
  }

  /** Whether a person may release it. */
  boolean canBeReleased() {
    return this == HELD;
  }

  /** Whether a person may have the message sent to it again. */
  boolean canBeResent() {
    return this == FAILED || this == EXPIRED;
  }

  /** Whether a report may change it. */
  boolean canBeReported() {
    return yieldsTo(DELIVERED) || yieldsTo(FAILED);
  }

  /**
   * Whether a report of that state replaces this one: reports are about mail that has left, or may
   * have, and failed wins over delivered.
   */
  public boolean yieldsTo(RecipientStatus reported) {
    return switch (this) {
      case SENDING, SENT, DEFERRED, HELD -> reported == DELIVERED || reported == FAILED;
      case DELIVERED -> reported == FAILED;
      default -> false;
    };
  }

  /** The words of the states that satisfy a rule, as a parameter of a statement. */
  static String[] words(Predicate<RecipientStatus> rule) {
    return Arrays.stream(values()).filter(rule).map(RecipientStatus::word).toArray(String[]::new);
  }
}
