package org.byoemail.outbound;

import java.util.Locale;

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
}
