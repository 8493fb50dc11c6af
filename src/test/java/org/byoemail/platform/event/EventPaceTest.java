package org.byoemail.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventPaceTest {
  private final AtomicLong nanos = new AtomicLong();
  private final EventPace pace = new EventPace(nanos::get);

  @BeforeEach
  void nothingHappensForAWhile() {
    after(Duration.ofMinutes(1));
    pace.numbering().foundNone();
  }

  @Test
  void nodeThatRecordsNothingLooksOnceASecond() {
    after(Duration.ofMillis(999));
    assertThat(pace.numbering().isDue()).isFalse();

    after(Duration.ofMillis(1));

    assertThat(pace.numbering().isDue()).isTrue();
  }

  @Test
  void nodeThatRecordsLooksEachTimeForAsLongAsATransactionMayLast() {
    pace.recorded();

    after(Duration.ofMillis(29_999));
    pace.numbering().foundNone();
    assertThat(pace.numbering().isDue()).isTrue();
    after(Duration.ofMillis(1));

    assertThat(pace.numbering().isDue()).isFalse();
  }

  @Test
  void whatIsLeftAfterALookIsFoundAtTheNext() {
    after(Duration.ofSeconds(1));
    assertThat(pace.numbering().isDue()).isTrue();

    // It found some, and said nothing.
    assertThat(pace.numbering().isDue()).isTrue();
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
