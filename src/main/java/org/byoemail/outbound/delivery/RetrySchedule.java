package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** When a deferred mail is tried again. */
@Component
class RetrySchedule {
  private static final List<Duration> USUAL =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2));
  private static final List<Duration> GREYLISTED =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(20),
          Duration.ofHours(1),
          Duration.ofHours(2));
  private static final Duration FINALLY = Duration.ofHours(4);
  private static final double JITTER = 0.1;

  private final Duration retryFor;
  private final DoubleSupplier random;

  @Autowired
  RetrySchedule(SendSettings settings) {
    this(settings.retryFor(), () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * @param random from 0 to 1
   */
  RetrySchedule(Duration retryFor, DoubleSupplier random) {
    this.retryFor = retryFor;
    this.random = random;
  }

  /**
   * The time of the next attempt; empty if it would come too long after the first.
   *
   * @param tries how many attempts there were, from 1
   * @param first when the first of them was
   * @param stated how long the server asks to be left alone; null: it does not say
   */
  Optional<Instant> next(
      int tries, Instant first, Instant now, boolean greylisted, @Nullable Duration stated) {
    List<Duration> delays = greylisted ? GREYLISTED : USUAL;
    Duration usual = tries <= delays.size() ? delays.get(tries - 1) : FINALLY;
    Duration delay = stated == null || stated.compareTo(usual) < 0 && !greylisted ? usual : stated;
    double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
    Instant next = now.plusMillis((long) (delay.toMillis() * factor));
    return next.isAfter(first.plus(retryFor)) ? Optional.empty() : Optional.of(next);
  }
}
