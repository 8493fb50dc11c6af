package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import org.byoemail.support.SettableClock;

/** How long a node takes to connect many mailboxes to one host again, at the pace that it keeps. */
public final class SimulatedLogins {
  private SimulatedLogins() {}

  /**
   * Connects them all, in the time of a model.
   *
   * @param latency how long one takes
   * @return how long it took until the last one was connected
   */
  public static Duration connect(int mailboxes, int atOnce, Duration interval, Duration latency) {
    SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
    Instant start = clock.instant();
    LoginPacing pacing = new LoginPacing(clock, atOnce, interval, 1_000_000);
    PriorityQueue<Instant> asking = new PriorityQueue<>();
    PriorityQueue<Instant> ending = new PriorityQueue<>();
    for (int i = 0; i < mailboxes; i++) {
      asking.add(start);
    }
    Instant last = start;
    while (!asking.isEmpty()) {
      Instant now = asking.poll();
      while (!ending.isEmpty() && !ending.peek().isAfter(now)) {
        clock.set(ending.poll());
        pacing.end("host");
      }
      clock.set(now);
      Optional<Instant> later = pacing.begin("host");
      if (later.isPresent()) {
        asking.add(later.get());
      } else {
        last = now.plus(latency);
        ending.add(last);
      }
    }
    return Duration.between(start, last);
  }
}
