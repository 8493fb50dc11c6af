package org.byoemail.outbound.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Which claims the workers of this node are busy with, and when the next claim is worthwhile. Safe
 * for use by many threads.
 */
final class FreeWorkers {
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);
  private static final Duration MIN_INTERVAL = Duration.ofMillis(20);

  private final int workers;
  private final Duration claimInterval;
  private final Clock clock;
  private final IntSupplier uncounted;
  private final Set<UUID> held = new HashSet<>();
  private Waiting waiting = Waiting.FOR_NOTHING;
  private boolean worthwhile = true;
  private Instant claimedAt = Instant.EPOCH;

  /** What the next claim waits for, so that nothing else wakes its thread. */
  private enum Waiting {
    FOR_NOTHING,
    FOR_WORK,
    FOR_WORKER
  }

  /**
   * @param claimInterval the longest time between two claims
   * @param uncounted how many held claims keep no worker busy
   */
  FreeWorkers(int workers, Duration claimInterval, Clock clock, IntSupplier uncounted) {
    this.workers = workers;
    this.claimInterval = claimInterval;
    this.clock = clock;
    this.uncounted = uncounted;
  }

  /**
   * Waits until a claim is worthwhile: for the claim interval if nothing has happened since the
   * last one, always for a moment after it, so that the next finds several deliveries at once, and
   * for a free worker, at most for a second.
   *
   * @return whether a worker is free
   */
  synchronized boolean await() throws InterruptedException {
    if (!worthwhile) {
      waitFor(Waiting.FOR_WORK, claimInterval.toNanos());
    }
    for (long left = untilNextClaim();
        left > 0 && left <= MIN_INTERVAL.toMillis();
        left = untilNextClaim()) {
      // What happens meanwhile is for the next claim, too.
      waitFor(Waiting.FOR_NOTHING, TimeUnit.MILLISECONDS.toNanos(left));
    }
    long end = System.nanoTime() + MAX_WAIT.toNanos();
    for (long left = MAX_WAIT.toNanos(); left > 0 && count() == 0; ) {
      waitFor(Waiting.FOR_WORKER, left);
      left = end - System.nanoTime();
    }
    worthwhile = false;
    claimedAt = clock.instant();
    return count() > 0;
  }

  private void waitFor(Waiting what, long nanos) throws InterruptedException {
    waiting = what;
    try {
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    } finally {
      waiting = Waiting.FOR_NOTHING;
    }
  }

  private long untilNextClaim() {
    return Duration.between(clock.instant(), claimedAt.plus(MIN_INTERVAL)).toMillis();
  }

  /** Makes the next claim worthwhile: something is due, or a worker may be free. */
  synchronized void wake() {
    worthwhile = true;
    if (waiting == Waiting.FOR_WORK || waiting == Waiting.FOR_WORKER && count() > 0) {
      // Once: others that come before the thread runs need not wake it again.
      waiting = Waiting.FOR_NOTHING;
      notifyAll();
    }
  }

  /** How many workers are free. */
  synchronized int count() {
    return Math.max(0, workers - busy());
  }

  /** How many workers are busy. */
  synchronized int busy() {
    return held.size() - uncounted.getAsInt();
  }

  /** Workers begin with claims; the next claim is worthwhile, too. */
  synchronized void begin(Collection<UUID> tokens) {
    held.addAll(tokens);
    worthwhile = true;
  }

  /** A worker has done its work. */
  synchronized void end(UUID token) {
    held.remove(token);
    wake();
  }

  synchronized boolean isHeld(UUID token) {
    return held.contains(token);
  }

  /** The claims that are worked on. */
  synchronized List<UUID> held() {
    return List.copyOf(held);
  }
}
