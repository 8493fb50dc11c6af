package org.byoemail.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;

class LoginPacingTest {
  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final LoginPacing pacing = new LoginPacing(clock, 2, Duration.ofMillis(50), 1);

  @Test
  void connectionsBeyondThoseOfAHostAreNotKept() {
    assertThat(pacing.keep("a")).isTrue();

    assertThat(pacing.keep("a")).isFalse();
    assertThat(pacing.keep("b")).isTrue();
    pacing.release("a");
    assertThat(pacing.keep("a")).isTrue();
  }

  @Test
  void twoConnectionsToOneHostBeginSomeTimeApart() {
    assertThat(pacing.begin("imap.example.test")).isEmpty();

    assertThat(pacing.begin("imap.example.test")).contains(clock.instant().plusMillis(50));
    assertThat(pacing.begin("other.example.test")).isEmpty();
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
