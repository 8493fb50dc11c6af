package org.byoemail.operations.setup;

import java.util.HashMap;
import java.util.Map;
import org.byoemail.format.mail.OrganizationId;

/** Bounds how many calls of this node wait, in all and of one organisation. Thread-safe. */
final class WaitingCalls {
  private static final int MAX = 20;
  private static final int MAX_OF_ORGANIZATION = 5;

  private final Map<OrganizationId, Integer> waiting = new HashMap<>();

  /** Whether another call may wait; it has to {@link #leave} then. */
  synchronized boolean enter(OrganizationId organization) {
    int all = waiting.values().stream().mapToInt(Integer::intValue).sum();
    int own = waiting.getOrDefault(organization, 0);
    if (all >= MAX || own >= MAX_OF_ORGANIZATION) {
      return false;
    }
    waiting.put(organization, own + 1);
    return true;
  }

  synchronized void leave(OrganizationId organization) {
    waiting.computeIfPresent(
        organization, (any, now) -> now == 1 ? null : Integer.valueOf(now - 1));
  }
}
