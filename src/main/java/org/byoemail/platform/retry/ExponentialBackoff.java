package org.byoemail.platform.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays between retries that grow by a factor up to a maximum. Immutable and thread-safe.
 *
 * @param first the delay after the first failure
 * @param factor by which the delay grows with each further failure, at least 1
 * @param max the longest delay, jitter not included
 * @param jitter the largest share of a delay that {@link #withJitter} adds, from 0 to 1
 */
public record ExponentialBackoff(Duration first, int factor, Duration max, double jitter) {

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ExponentialBackoff {
    if (first.isNegative() || first.isZero() || max.isNegative() || max.isZero()) {
      throw new IllegalArgumentException("the delays of a backoff are positive");
    }
    if (factor < 1 || jitter < 0 || jitter > 1) {
      throw new IllegalArgumentException("factor is at least 1, jitter from 0 to 1");
    }
  }

  /** A backoff that doubles, without jitter. */
  public static ExponentialBackoff doubling(Duration first, Duration max) {
    return new ExponentialBackoff(first, 2, max, 0);
  }

  /**
   * The delay after that number of consecutive failures, without jitter.
   *
   * @param failures from 1; less counts as 1
   */
  public Duration delay(int failures) {
    Duration delay = first;
    for (int n = 1; n < failures && factor > 1 && delay.compareTo(max) < 0; n++) {
      delay = delay.multipliedBy(factor);
    }
    return delay.compareTo(max) > 0 ? max : delay;
  }

  /** A delay with jitter added, so that what failed together is not retried together. */
  public Duration withJitter(Duration delay, RandomGenerator random) {
    return delay.plusMillis((long) (delay.toMillis() * jitter * random.nextDouble()));
  }
}
