package org.byoemail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FailedLogins failures =
      new FailedLogins(new AccessSettings(true, 3, Duration.ofMinutes(1)), clock, meters);

  @Test
  void addressThatFailedTooOftenWaitsAndOthersDoNot() {
    fail("192.0.2.1", 3);
    fail("192.0.2.2", 2);

    assertThat(failures.isBlocked("192.0.2.1")).isTrue();
    assertThat(failures.isBlocked("192.0.2.2")).isFalse();
    assertThat(failures.isBlocked("192.0.2.3")).isFalse();
  }

  @Test
  void failuresAreForgottenAfterTheWindow() {
    fail("192.0.2.1", 3);

    clock.advance(Duration.ofMinutes(1));

    assertThat(failures.isBlocked("192.0.2.1")).isFalse();
  }

  @Test
  void everyFailureIsCounted() {
    fail("192.0.2.1", 5);

    assertThat(meters.counter("byo.access.logins.failed", "door", "api").count()).isEqualTo(5);
  }

  private void fail(String address, int times) {
    for (int i = 0; i < times; i++) {
      failures.failed("api", address);
    }
  }
}
