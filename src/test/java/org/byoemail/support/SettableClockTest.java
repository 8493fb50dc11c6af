package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class SettableClockTest {
  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");

  @Test
  void standsStillUntilItIsMoved() {
    Instant before = clock.instant();

    clock.advance(Duration.ofMinutes(15));

    assertThat(before).isEqualTo("2026-11-24T09:00:00Z");
    assertThat(clock.instant()).isEqualTo("2026-11-24T09:15:00Z");
  }

  @Test
  void sharesItsTimeWithClocksOfOtherZones() {
    Clock other = clock.withZone(ZoneId.of("Asia/Tokyo"));

    clock.set(Instant.EPOCH);

    assertThat(other.instant()).isEqualTo(Instant.EPOCH);
    assertThat(other.getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
  }
}
