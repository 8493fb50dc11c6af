package org.byoemail.account.connection;

import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The time by which an operation must be complete, even if data keeps arriving.
 *
 * @param nanos by {@link System#nanoTime}
 */
public record Deadline(long nanos) {
  /** The deadline after that time. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** The earlier of this deadline and one after the given time. */
  public Deadline orIn(Duration time) {
    Deadline other = in(time);
    return other.nanos - nanos < 0 ? other : this;
  }

  /** Whether it has passed. */
  public boolean isOver() {
    return nanos - System.nanoTime() <= 0;
  }

  /** The remaining time; negative after the deadline. */
  public Duration left() {
    return Duration.ofNanos(nanos - System.nanoTime());
  }

  /** The remaining time, at least 1 ms. */
  int millisLeft() throws SocketTimeoutException {
    long left = nanos - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("the server did not answer in time");
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, left / 1_000_000));
  }
}
