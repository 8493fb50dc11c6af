package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private static final AccessSettings LIMITS = new AccessSettings(true, 3, Duration.ofMinutes(1));

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FailedLogins failures =
      new FailedLogins(
          LIMITS, clock, meters, new SharedFailures(mock(SharedBuckets.class), LIMITS, clock));

  @Test
  void addressThatFailedTooOftenWaitsAndOthersDoNot() {
    fail("192.0.2.1", 3);
    fail("192.0.2.2", 2);

    assertThat(isBlocked("192.0.2.1")).isTrue();
    assertThat(isBlocked("192.0.2.2")).isFalse();
    assertThat(isBlocked("192.0.2.3")).isFalse();
  }

  @Test
  void failuresAreForgottenAfterTheWindow() {
    fail("192.0.2.1", 3);

    clock.advance(Duration.ofMinutes(1));

    assertThat(isBlocked("192.0.2.1")).isFalse();
  }

  @Test
  void everyFailureIsCounted() {
    fail("192.0.2.1", 5);

    assertThat(meters.counter("byo.access.logins.failed", "door", "api").count()).isEqualTo(5);
  }

  @Test
  void networkOfAnIpv6ClientCountsAsOne() {
    fail("2001:db8:1:2::1", 2);
    fail("2001:db8:1:2:ffff::9", 1);

    assertThat(isBlocked("2001:db8:1:2:abcd::1")).isTrue();
    assertThat(isBlocked("2001:db8:1:3::1")).isFalse();
  }

  @Test
  void whatIsNoAddressIsOneClientAndLooksUpNoName() {
    assertThat(ClientAddress.of("evil.example")).isEqualTo("unknown");
    assertThat(ClientAddress.of("x".repeat(8000))).isEqualTo("unknown");
    assertThat(ClientAddress.of("1:2:evil")).isEqualTo("unknown");
    assertThat(ClientAddress.of("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(ClientAddress.of("fe80::1%eth0")).isEqualTo(ClientAddress.of("fe80::2"));
    assertThat(ClientAddress.of("::1")).isEqualTo("::/64");
    assertThat(ClientAddress.of("2001:db8::1")).isEqualTo("2001:db8::/64");
    assertThat(ClientAddress.of("2001:DB8:0:20:1:2:3:4")).isEqualTo("2001:db8:0:20::/64");
  }

  @Test
  void doorsAreCountedApart() {
    fail("192.0.2.1", 3);

    assertThat(failures.isBlocked("console", "192.0.2.1")).isFalse();
  }

  private boolean isBlocked(String address) {
    return failures.isBlocked("api", ClientAddress.of(address));
  }

  private void fail(String address, int times) {
    for (int i = 0; i < times; i++) {
      failures.failed("api", ClientAddress.of(address));
    }
  }
}
