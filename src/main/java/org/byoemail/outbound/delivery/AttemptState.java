package org.byoemail.outbound.delivery;

import java.util.Map;
import java.util.Set;

/**
 * The state of one try to send a message. It moves along a fixed graph: what a server or a report
 * told later only ever adds to what is known.
 */
public enum AttemptState {
  /** Waits for its turn. */
  QUEUED,
  /** A server is being talked to, or was when the node died. */
  SENDING,
  /** A server took the mail for at least one recipient. */
  SENT,
  /** Reported as delivered. */
  DELIVERED,
  /** Refused, deferred, of unknown fate, or reported as failed. */
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

  /**
   * The next state.
   *
   * @throws IllegalStateException where the graph does not lead there
   */
  public AttemptState become(AttemptState next) {
    if (!canBecome(next)) {
      throw new IllegalStateException("an attempt that is " + this + " does not become " + next);
    }
    return next;
  }
}
