package org.byoemail.platform.bucket;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Remembers that Redis is unavailable, so that not every request waits for it: every few seconds,
 * one request tries it again. Thread-safe.
 */
public final class RedisAvailability {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private final AtomicReference<Instant> askAgainAt = new AtomicReference<>(Instant.MIN);
  private final Clock clock;

  /** At first, Redis counts as available. */
  public RedisAvailability(Clock clock) {
    this.clock = clock;
  }

  /** Whether this request may ask Redis; the caller reports how that went. */
  public boolean mayAsk() {
    Instant at = askAgainAt.get();
    if (at == Instant.MIN) {
      return true;
    }
    Instant now = clock.instant();
    return !now.isBefore(at) && askAgainAt.compareAndSet(at, now.plus(ASK_AGAIN));
  }

  /** Whether Redis answered the last request that asked it. */
  public boolean isAvailable() {
    return askAgainAt.get() == Instant.MIN;
  }

  /** Records an answer; true if Redis was unavailable until now. */
  public boolean answered() {
    return askAgainAt.getAndSet(Instant.MIN) != Instant.MIN;
  }

  /** Records that there was no answer; true if Redis was available until now. */
  public boolean failed() {
    return askAgainAt.getAndSet(clock.instant().plus(ASK_AGAIN)) == Instant.MIN;
  }
}
