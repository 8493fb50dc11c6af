package org.byoemail.platform.access;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Counts the threads that wait for more of a body: in all, and for each client (an address, or an
 * organisation's keys). Thread-safe.
 */
@Component
class WaitingBodyThreads {
  private final int most;
  private final int mostOfOne;
  private final Map<String, Integer> waiting = new HashMap<>();
  private int total;

  WaitingBodyThreads(BodySettings settings) {
    this.most = settings.waiting();
    this.mostOfOne = settings.waitingOfOne();
  }

  /**
   * Says that a thread is about to wait.
   *
   * @throws BodyRefused if it must not
   */
  synchronized void enter(Set<String> clients) throws BodyRefused {
    boolean full =
        total >= most
            || clients.stream().anyMatch(client -> waiting.getOrDefault(client, 0) >= mostOfOne);
    if (full) {
      throw BodyRefused.tooMany();
    }
    total++;
    clients.forEach(client -> waiting.merge(client, 1, Integer::sum));
  }

  /** Says that it waits no longer. */
  synchronized void leave(Set<String> clients) {
    total--;
    clients.forEach(client -> waiting.computeIfPresent(client, (c, n) -> n == 1 ? null : n - 1));
  }
}
