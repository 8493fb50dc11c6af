package org.byoemail.mime;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads Date fields: RFC 5322 section 3.3, its obsolete forms, and the ones of C and of ISO. */
final class MailDates {
  private static final int MAX_LENGTH = 200;
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  /** Hours east of Greenwich; any other name is taken for UTC (RFC 5322 section 4.3). */
  private static final Map<String, Integer> ZONES =
      Map.ofEntries(
          Map.entry("EST", -5),
          Map.entry("EDT", -4),
          Map.entry("CST", -6),
          Map.entry("CDT", -5),
          Map.entry("MST", -7),
          Map.entry("MDT", -6),
          Map.entry("PST", -8),
          Map.entry("PDT", -7),
          Map.entry("CET", 1),
          Map.entry("MET", 1),
          Map.entry("CEST", 2),
          Map.entry("MEST", 2),
          Map.entry("EET", 2),
          Map.entry("EEST", 3),
          Map.entry("BST", 1),
          Map.entry("MSK", 3),
          Map.entry("JST", 9));

  private static final String TIME =
      "(?<hour>\\d{1,2})[:.](?<minute>\\d{2})(?:[:.](?<second>\\d{2}))?";
  private static final String ZONE =
      "(?:\\s*(?<zone>(?:GMT|UTC)?[+-]\\d{1,2}:?\\d{2}|[A-Za-z]{1,5}))?";
  private static final Pattern DAY_FIRST =
      Pattern.compile(
          "(?<day>\\d{1,2})[\\s-]+(?<month>[A-Za-z]{3})[a-z]*\\.?[\\s-]+(?<year>\\d{2,4}),?\\s+"
              + TIME
              + ZONE);
  private static final Pattern MONTH_FIRST =
      Pattern.compile(
          "(?<month>[A-Za-z]{3})[a-z]*\\s+(?<day>\\d{1,2}),?\\s+"
              + TIME
              + "(?:\\s+(?<zone>[A-Z]{1,5}|[+-]\\d{4}))?\\s+(?<year>\\d{4})");

  private MailDates() {}

  static Optional<Instant> parse(String field) {
    String text = field.substring(0, Math.min(field.length(), MAX_LENGTH)).strip();
    try {
      for (Pattern form : List.of(DAY_FIRST, MONTH_FIRST)) {
        Matcher matcher = form.matcher(text);
        if (matcher.find()) {
          return Optional.of(instant(matcher));
        }
      }
      return Optional.of(OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant instant(Matcher matcher) {
    int month = MONTHS.indexOf(matcher.group("month").toLowerCase(Locale.ROOT)) + 1;
    String second = matcher.group("second");
    return LocalDateTime.of(
            year(matcher.group("year")),
            month,
            Integer.parseInt(matcher.group("day")),
            Integer.parseInt(matcher.group("hour")),
            Integer.parseInt(matcher.group("minute")),
            second == null ? 0 : Math.min(Integer.parseInt(second), 59))
        .toInstant(zone(matcher.group("zone")));
  }

  private static int year(String digits) {
    int year = Integer.parseInt(digits);
    return switch (digits.length()) {
      case 2 -> year < 50 ? 2000 + year : 1900 + year;
      case 3 -> 1900 + year;
      default -> year;
    };
  }

  private static ZoneOffset zone(@Nullable String zone) {
    if (zone == null) {
      return ZoneOffset.UTC;
    }
    String digits = zone.replaceAll("[^\\d]", "");
    if (digits.isEmpty()) {
      return ZoneOffset.ofHours(ZONES.getOrDefault(zone.toUpperCase(Locale.ROOT), 0));
    }
    int number = Integer.parseInt(digits);
    int minutes = number / 100 * 60 + number % 100;
    return ZoneOffset.ofTotalSeconds((zone.contains("-") ? -60 : 60) * minutes);
  }
}
