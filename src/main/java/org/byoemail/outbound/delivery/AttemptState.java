package org.byoemail.outbound.delivery;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The state of an attempt to send a message. Transitions follow a fixed graph. */
public enum AttemptState {
  /** Waits for its turn. */
  QUEUED,
  /** Being sent, or it was when the node died. */
  SENDING,
  /** A server accepted the mail for at least one recipient. */
  SENT,
  /** Reported as delivered. */
  DELIVERED,
  /** Refused, deferred, with an unknown outcome, or reported as failed. */
  FAILED;

  private static final Map<AttemptState, Set<AttemptState>> NEXT =
      Map.of(
          QUEUED, Set.of(SENDING, SENT, FAILED),
          SENDING, Set.of(QUEUED, SENT, FAILED),
          SENT, Set.of(DELIVERED, FAILED),
          DELIVERED, Set.of(FAILED),
          FAILED, Set.of());

  /** Whether the graph leads there in one step. */
  public boolean canBecome(AttemptState next) {
    return NEXT.get(this).contains(next);
  }

  /** Whether an attempt may begin, or begin again under the same claim. */
  boolean canBegin() {
    return this == SENDING || canBecome(SENDING);
  }

  /** Whether the result of the attempt sets the state: not after a report has. */
  boolean canBeSettled() {
    return this == QUEUED || this == SENDING;
  }

  /**
   * The next state.
   *
   * @throws IllegalStateException if the graph does not lead there
   */
  public AttemptState become(AttemptState next) {
    if (!canBecome(next)) {
      throw new IllegalStateException("an attempt that is " + this + " does not become " + next);
    }
    return next;
  }

  /** The names of the states that satisfy a rule, as a parameter of a statement. */
  static String[] names(Predicate<AttemptState> rule) {
    return Arrays.stream(values()).filter(rule).map(AttemptState::name).toArray(String[]::new);
  }
}
