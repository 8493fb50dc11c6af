package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryScheduleTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "1, false, , 1",
    "2, false, , 5",
    "3, false, , 15",
    "4, false, , 30",
    "5, false, , 60",
    "6, false, , 120",
    "7, false, , 240",
    "20, false, , 240",
    "2, true, , 2",
    "4, true, , 10",
    // What the server says counts where it asks for more, and for greylisting always.
    "1, false, 30, 30",
    "5, false, 1, 60",
    "4, true, 3, 3"
  })
  void delayGrowsWithTheTries(
      int tries, boolean greylisted, @Nullable Integer stated, long minutes) {
    Optional<Instant> next = next(tries, 0.5, greylisted, stated);

    assertThat(next).contains(NOW.plus(Duration.ofMinutes(minutes)));
  }

  @Test
  void jitterIsATenthEitherWay() {
    assertThat(next(5, 0, false, null)).contains(NOW.plus(Duration.ofMinutes(54)));
    assertThat(next(5, 1, false, null)).contains(NOW.plus(Duration.ofMinutes(66)));
  }

  @Test
  void nothingIsTriedLaterThanADayAfterTheFirstTry() {
    RetrySchedule schedule = new RetrySchedule(Duration.ofHours(24), () -> 0.5);

    Optional<Instant> last = schedule.next(9, NOW.minus(Duration.ofHours(20)), NOW, false, null);
    Optional<Instant> over =
        schedule.next(9, NOW.minus(Duration.ofHours(20).plusSeconds(1)), NOW, false, null);

    assertThat(last).isPresent();
    assertThat(over).isEmpty();
  }

  private static Optional<Instant> next(
      int tries, double random, boolean greylisted, @Nullable Integer stated) {
    return new RetrySchedule(Duration.ofHours(24), () -> random)
        .next(tries, NOW, NOW, greylisted, stated == null ? null : Duration.ofMinutes(stated));
  }
}
