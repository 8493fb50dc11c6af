package org.byoemail.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A clock that stands still until a test moves it, forwards or back. Clocks made by {@link
 * #withZone} share its time. Safe for use by several threads.
 */
public final class SettableClock extends Clock {
  private final AtomicReference<Instant> now;
  private final List<Consumer<Instant>> followers;
  private final ZoneId zone;

  private SettableClock(
      AtomicReference<Instant> now, List<Consumer<Instant>> followers, ZoneId zone) {
    this.now = now;
    this.followers = followers;
    this.zone = zone;
  }

  public static SettableClock at(Instant start) {
    return new SettableClock(
        new AtomicReference<>(start), new CopyOnWriteArrayList<>(), ZoneOffset.UTC);
  }

  /** Starts at a time in ISO 8601, such as {@code 2026-11-24T09:00:00Z}. */
  public static SettableClock at(String start) {
    return at(Instant.parse(start));
  }

  /** Has another clock set to this one's time, now and whenever that is moved. */
  public void follow(Consumer<Instant> other) {
    followers.add(other);
    other.accept(now.get());
  }

  public synchronized void set(Instant time) {
    followers.forEach(other -> other.accept(time));
    now.set(time);
  }

  /** Moves on by the duration, which may be negative, and returns the new time. */
  public synchronized Instant advance(Duration duration) {
    set(now.get().plus(duration));
    return now.get();
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
    return new SettableClock(now, followers, other);
  }
}
