package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The status of an outbound message, derived from its recipients'. */
public enum MessageStatus {
  QUEUED,
  SENDING,
  DEFERRED,
  HELD,
  IN_REVIEW,
  SENT,
  PARTIALLY_FAILED,
  FAILED,
  DELIVERED,
  CANCELLED,
  EXPIRED,
  SIMULATED;

  // While a recipient has one of these, the message is not settled.
  private static final List<RecipientStatus> UNFINISHED =
      List.of(
          RecipientStatus.SENDING,
          RecipientStatus.QUEUED,
          RecipientStatus.DEFERRED,
          RecipientStatus.HELD,
          RecipientStatus.IN_REVIEW);
  private static final Set<RecipientStatus> LOST =
      EnumSet.of(RecipientStatus.FAILED, RecipientStatus.EXPIRED);
  private static final Set<RecipientStatus> GOT_NOTHING =
      EnumSet.of(RecipientStatus.FAILED, RecipientStatus.EXPIRED, RecipientStatus.CANCELLED);

  /**
   * The state of a message whose recipients have these.
   *
   * @param recipients at least one
   */
  public static MessageStatus of(Collection<RecipientStatus> recipients) {
    Set<RecipientStatus> states = EnumSet.copyOf(recipients);
    for (RecipientStatus unfinished : UNFINISHED) {
      if (states.contains(unfinished)) {
        return valueOf(unfinished.name());
      }
    }
    if (states.size() == 1) {
      return valueOf(states.iterator().next().name());
    }
    if (GOT_NOTHING.containsAll(states)) {
      return FAILED;
    }
    if (states.stream().anyMatch(LOST::contains)) {
      return PARTIALLY_FAILED;
    }
    return states.contains(RecipientStatus.SIMULATED) ? SIMULATED : SENT;
  }

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state of that word.
   *
   * @throws IllegalArgumentException if no status has that word
   */
  public static MessageStatus of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
