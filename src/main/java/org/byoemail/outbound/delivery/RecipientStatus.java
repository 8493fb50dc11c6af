package org.byoemail.outbound.delivery;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The state of one recipient of an outbound message. */
public enum RecipientStatus {
  QUEUED,
  SENDING,
  DEFERRED,
  HELD,
  SENT,
  FAILED,
  DELIVERED,
  CANCELLED,
  EXPIRED,
  SIMULATED;

  private static final Set<RecipientStatus> OPEN = EnumSet.of(QUEUED, SENDING, DEFERRED, HELD);

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state of that word.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static RecipientStatus of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether something is still to be done for it. */
  public boolean isOpen() {
    return OPEN.contains(this);
  }

  /**
   * Whether what a report tells may take its place: reports speak of what has left, or may have,
   * and failed wins over delivered.
   */
  public boolean yieldsTo(RecipientStatus reported) {
    return switch (this) {
      case SENDING, SENT, DEFERRED, HELD -> reported == DELIVERED || reported == FAILED;
      case DELIVERED -> reported == FAILED;
      default -> false;
    };
  }
}
