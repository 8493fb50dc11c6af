package org.byoemail.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until a test moves it, forwards or back. Clocks made by {@link
 * #withZone} share its time. Safe for use by several threads.
 */
public final class SettableClock extends Clock {
  private final AtomicReference<Instant> now;
  private final ZoneId zone;

  private SettableClock(AtomicReference<Instant> now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  public static SettableClock at(Instant start) {
    return new SettableClock(new AtomicReference<>(start), ZoneOffset.UTC);
  }

  /** Starts at a time in ISO 8601, such as {@code 2026-11-24T09:00:00Z}. */
  public static SettableClock at(String start) {
    return at(Instant.parse(start));
  }

  public void set(Instant time) {
    now.set(time);
  }

  /** Moves on by the duration, which may be negative, and returns the new time. */
  public Instant advance(Duration duration) {
    return now.updateAndGet(time -> time.plus(duration));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return new SettableClock(now, other);
  }
}
