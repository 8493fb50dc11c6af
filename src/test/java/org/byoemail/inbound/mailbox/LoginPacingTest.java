package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;

class LoginPacingTest {
  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final LoginPacing pacing = new LoginPacing(clock, 2, Duration.ofMillis(50), 1);

  @Test
  void connectionsBeyondThoseOfAHostAreNotKept() {
    assertThat(pacing.keep("a", null)).isTrue();

    assertThat(pacing.keep("a", null)).isFalse();
    assertThat(pacing.keep("b", null)).isTrue();
    pacing.release("a", null);
    assertThat(pacing.keep("a", null)).isTrue();
  }

  @Test
  void connectionsBeyondThoseOfAnAddressAreNotKeptWhateverTheirName() {
    assertThat(pacing.keep("a", "192.0.2.1")).isTrue();

    assertThat(pacing.keep("b", "192.0.2.1")).isFalse();
    assertThat(pacing.keep("b", "192.0.2.2")).isTrue();
    pacing.release("a", "192.0.2.1");
    assertThat(pacing.keep("c", "192.0.2.1")).isTrue();
  }

  @Test
  void twoConnectionsToOneHostBeginSomeTimeApart() {
    assertThat(pacing.begin("imap.example.test")).isEmpty();

    assertThat(pacing.begin("imap.example.test")).contains(clock.instant().plusMillis(50));
    assertThat(pacing.begin("other.example.test")).isEmpty();
  }

  @Test
  void thousandNamesOfOneAddressKeepItsPace() {
    int connected = 0;
    for (int name = 0; name < 1000; name++) {
      if (pacing.beginAt("192.0.2.1").isEmpty()) {
        connected++;
        pacing.end("192.0.2.1");
      }
      clock.advance(Duration.ofMillis(1));
    }

    assertThat(connected).isBetween(20, 31);
  }

  @Test
  void noMoreAreBeingMadeAtOnceThanAllowed() {
    pacing.begin("imap.example.test");
    clock.advance(Duration.ofSeconds(1));
    pacing.begin("imap.example.test");
    clock.advance(Duration.ofSeconds(1));

    assertThat(pacing.begin("imap.example.test")).isPresent();
    pacing.end("imap.example.test");

    assertThat(pacing.begin("imap.example.test")).isEmpty();
  }
}
