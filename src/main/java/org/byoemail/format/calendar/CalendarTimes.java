package org.byoemail.format.calendar;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads dates, times and durations of a calendar (RFC 5545 sections 3.3.4 to 3.3.6). */
final class CalendarTimes {
  private static final Pattern DATE = Pattern.compile("\\d{8}");
  private static final Pattern TIME = Pattern.compile("(\\d{8}T\\d{6})Z?");
  private static final Pattern DURATION =
      Pattern.compile(
          "\\+?P(?:(\\d{1,4})W)?(?:(\\d{1,5})D)?(?:T(?:(\\d{1,6})H)?(?:(\\d{1,6})M)?(?:(\\d{1,8})S)?)?");
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");

  private CalendarTimes() {}

  static boolean isDate(String value) {
    return DATE.matcher(value.strip()).matches();
  }

  /** A date, at its midnight, or a time of day without its zone. */
  static Optional<LocalDateTime> local(String value) {
    String text = value.strip();
    Matcher time = TIME.matcher(text);
    try {
      if (time.matches()) {
        return Optional.of(LocalDateTime.parse(time.group(1), DATE_TIME));
      }
      return isDate(text)
          ? Optional.of(LocalDate.parse(text, DateTimeFormatter.BASIC_ISO_DATE).atStartOfDay())
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** A duration that leads forward; empty for anything else. */
  static Optional<Duration> duration(String value) {
    Matcher matcher = DURATION.matcher(value.strip());
    return matcher.matches()
        ? Optional.of(
            Duration.ofDays(7 * number(matcher.group(1)) + number(matcher.group(2)))
                .plusHours(number(matcher.group(3)))
                .plusMinutes(number(matcher.group(4)))
                .plusSeconds(number(matcher.group(5))))
        : Optional.empty();
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
