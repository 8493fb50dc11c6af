package org.byoemail.format.calendar;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The time zones that a calendar names: zones of the public database by their name, others, such as
 * the ones Windows knows, by the rules that the calendar gives for them (RFC 5545 section 3.6.5).
 */
final class CalendarZones {
  private static final Pattern OFFSET = Pattern.compile("([+-])(\\d{2})(\\d{2})(?:\\d{2})?");
  private static final Pattern MONTH = Pattern.compile("BYMONTH=(\\d{1,2})(?:;|$)");
  private static final Pattern DAY =
      Pattern.compile("BYDAY=([+-]?\\d)?(MO|TU|WE|TH|FR|SA|SU)(?:;|$)");
  private static final List<String> DAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");

  private final Map<String, List<Observance>> zones = new HashMap<>();

  /** When an offset begins to hold: once, or in that month of every year on a day of the week. */
  private record Observance(
      LocalDateTime since, ZoneOffset offset, int month, int week, @Nullable DayOfWeek day) {

    /** The last time before then that it began; empty if it never did. */
    Optional<LocalDateTime> lastBefore(LocalDateTime time) {
      if (month == 0 || day == null) {
        return since.isAfter(time) ? Optional.empty() : Optional.of(since);
      }
      LocalDateTime thisYear = in(time.getYear());
      return Optional.of(thisYear.isAfter(time) ? in(time.getYear() - 1) : thisYear);
    }

    private LocalDateTime in(int year) {
      return LocalDateTime.of(year, month, 1, since.getHour(), since.getMinute())
          .with(TemporalAdjusters.dayOfWeekInMonth(week, day));
    }
  }

  CalendarZones(List<CalendarLines.Line> lines) {
    String id = "";
    List<CalendarLines.Line> observance = null;
    for (CalendarLines.Line line : lines) {
      if (line.is("TZID")) {
        id = line.value().strip();
      } else if (line.is("BEGIN", "STANDARD") || line.is("BEGIN", "DAYLIGHT")) {
        observance = new ArrayList<>();
      } else if (line.is("END", "STANDARD") || line.is("END", "DAYLIGHT")) {
        add(id, observance);
        observance = null;
      } else if (observance != null) {
        observance.add(line);
      }
    }
  }

  private void add(String zone, @Nullable List<CalendarLines.Line> lines) {
    if (lines == null) {
      return;
    }
    Matcher offset = OFFSET.matcher(value(lines, "TZOFFSETTO"));
    Optional<LocalDateTime> since = CalendarTimes.local(value(lines, "DTSTART"));
    if (!offset.matches() || since.isEmpty()) {
      return;
    }
    int minutes = Integer.parseInt(offset.group(2)) * 60 + Integer.parseInt(offset.group(3));
    if (minutes > 18 * 60) {
      return;
    }
    String rule = value(lines, "RRULE");
    Matcher month = MONTH.matcher(rule);
    Matcher day = DAY.matcher(rule);
    boolean yearly = month.find() && day.find() && Integer.parseInt(month.group(1)) <= 12;
    zones
        .computeIfAbsent(zone, name -> new ArrayList<>())
        .add(
            new Observance(
                since.get(),
                ZoneOffset.ofTotalSeconds(
                    offset.group(1).equals("-") ? -minutes * 60 : minutes * 60),
                yearly ? Integer.parseInt(month.group(1)) : 0,
                yearly && day.group(1) != null ? Integer.parseInt(day.group(1)) : 1,
                yearly ? DayOfWeek.of(DAYS.indexOf(day.group(2)) + 1) : null));
  }

  private static String value(List<CalendarLines.Line> lines, String name) {
    return lines.stream()
        .filter(line -> line.is(name))
        .map(line -> line.value().strip())
        .findFirst()
        .orElse("");
  }

  /** The instant of a local time in that zone; if the zone is unknown, as if it were UTC. */
  Instant instant(LocalDateTime local, String zone) {
    try {
      return local.atZone(ZoneId.of(zone)).toInstant();
    } catch (DateTimeException e) {
      return local.toInstant(offset(local, zone));
    }
  }

  private ZoneOffset offset(LocalDateTime local, String zone) {
    ZoneOffset offset = ZoneOffset.UTC;
    LocalDateTime newest = LocalDateTime.MIN;
    for (Observance observance : zones.getOrDefault(zone, List.of())) {
      Optional<LocalDateTime> began = observance.lastBefore(local);
      if (began.isPresent() && began.get().isAfter(newest)) {
        newest = began.get();
        offset = observance.offset;
      }
    }
    return offset;
  }
}
