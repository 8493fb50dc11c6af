package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ArrivingBodyTest {
  private static final BodySettings SETTINGS =
      new BodySettings(Duration.ofSeconds(30), DataSize.ofBytes(1000), 3, 2);

  private final WaitingBodyThreads waiting = new WaitingBodyThreads(SETTINGS);
  private final Drip drip = new Drip();

  @Test
  void bodyEndsWhereItPassesItsLimit() throws Exception {
    ArrivingBody body = body(250);
    drip.bytes = 100;

    body.doRead(null);
    body.doRead(null);

    assertThatThrownBy(() -> body.doRead(null)).hasMessageContaining("larger than the 250 bytes");
    assertThatThrownBy(() -> body.doRead(null)).isSameAs(body.refusal());
  }

  @Test
  void bodyThatDripsIsGivenUp() throws Exception {
    ArrivingBody body = body(1_000_000);
    drip.bytes = 1;
    drip.seconds = 10;

    for (int i = 0; i < 3; i++) {
      body.doRead(null);
    }

    assertThatThrownBy(() -> body.doRead(null)).hasMessageContaining("too slowly");
  }

  @Test
  void slowBodyThatKeepsItsRateIsReadToItsEnd() throws Exception {
    ArrivingBody body = body(1_000_000);
    drip.bytes = 10_000;
    drip.seconds = 10;

    for (int i = 0; i < 100; i++) {
      assertThat(body.doRead(null)).isEqualTo(10_000);
    }
  }

  @Test
  void whatIsThereAlreadyTakesNoPlace() throws Exception {
    waiting.enter(Set.of("a"));
    waiting.enter(Set.of("a"));
    drip.bytes = 10;
    drip.available = 10;

    assertThat(body(100).doRead(null)).isEqualTo(10);
  }

  @Test
  void oneClientLeavesPlacesToOthers() throws Exception {
    waiting.enter(Set.of("a"));
    waiting.enter(Set.of("a"));

    assertThatThrownBy(() -> waiting.enter(Set.of("b", "a"))).isInstanceOf(BodyRefused.class);
    assertThatCode(() -> waiting.enter(Set.of("b"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> waiting.enter(Set.of("c"))).isInstanceOf(BodyRefused.class);
    waiting.leave(Set.of("a"));
    assertThatCode(() -> waiting.enter(Set.of("c"))).doesNotThrowAnyException();
  }

  @Test
  void silenceOfTheClientIsASlowBody() {
    drip.failure = new SocketTimeoutException();

    assertThatThrownBy(() -> body(100).doRead(null)).hasMessageContaining("too slowly");
  }

  @Test
  void placeIsGivenBackWhateverHappens() throws Exception {
    drip.failure = new IOException("reset");

    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> body(100).doRead(null)).hasMessage("reset");
    }

    assertThatCode(() -> waiting.enter(Set.of("an address"))).doesNotThrowAnyException();
  }

  private ArrivingBody body(long limit) {
    return new ArrivingBody(drip, limit, SETTINGS, waiting, "an address", () -> drip.nanos);
  }

  /** A client that sends so much in so much time. */
  private static final class Drip implements InputBuffer {
    private int bytes;
    private int available;
    private long seconds;
    private long nanos;
    private IOException failure;

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
      if (failure != null) {
        throw failure;
      }
      nanos += Duration.ofSeconds(seconds).toNanos();
      return bytes;
    }

    @Override
    public int available() {
      return available;
    }
  }
}
