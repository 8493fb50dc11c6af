package org.byoemail.platform.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0                             | 0
          ' 120 '                       | 120
          3601                          | 3600
          999999999                     | 3600
          Mon, 5 Jan 2026 10:05:00 GMT  | 300
          Tue, 6 Jan 2026 10:05:00 GMT  | 3600
          """)
  void secondsAndDatesAreReadWithinTheBound(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW, HOUR)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", "-5", "1.5", "soon", "9999999999", "Mon, 5 Jan 2026 09:00:00 GMT", "1e3"})
  void whatIsNoTimeToComeStatesNothing(String value) {
    assertThat(RetryAfter.parse(value, NOW, HOUR)).isEmpty();
  }
}
