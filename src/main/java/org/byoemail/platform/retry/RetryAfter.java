package org.byoemail.platform.retry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}: seconds or a date (RFC 9110 section 10.2.3). */
public final class RetryAfter {
  private RetryAfter() {}

  /**
   * How long to wait; empty if the value is absent, in the past, or cannot be read.
   *
   * @param max the result is not longer, whatever the server states
   */
  public static Optional<Duration> parse(@Nullable String value, Instant now, Duration max) {
    return Optional.ofNullable(value)
        .map(String::strip)
        .flatMap(text -> stated(text, now))
        .filter(wait -> !wait.isNegative())
        .map(wait -> wait.compareTo(max) > 0 ? max : wait);
  }

  private static Optional<Duration> stated(String text, Instant now) {
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      return Optional.of(
          Duration.between(
              now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
