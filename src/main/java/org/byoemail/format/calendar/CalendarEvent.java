package org.byoemail.format.calendar;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.NamedAddress;

/** Reads the first event of a calendar with a method (RFC 5545, RFC 5546). */
final class CalendarEvent {
  private final List<CalendarLines.Line> event;
  private final CalendarZones zones;

  private CalendarEvent(List<CalendarLines.Line> event, CalendarZones zones) {
    this.event = event;
    this.zones = zones;
  }

  static Optional<Invitation> read(String calendar, String typeMethod) {
    List<CalendarLines.Line> lines = CalendarLines.read(calendar);
    String method =
        lines.stream()
            .filter(line -> line.is("METHOD"))
            .map(CalendarLines.Line::value)
            .findFirst()
            .orElse(typeMethod)
            .strip()
            .toUpperCase(Locale.ROOT);
    List<CalendarLines.Line> event = firstEvent(lines);
    if (event.isEmpty() || !method.matches("[A-Z-]{1,40}")) {
      return Optional.empty();
    }
    return Optional.of(new CalendarEvent(event, new CalendarZones(lines)).invitation(method));
  }

  /** The lines of the first event or task, without the lines of its alarms. */
  private static List<CalendarLines.Line> firstEvent(List<CalendarLines.Line> lines) {
    List<CalendarLines.Line> event = new ArrayList<>();
    int depth = 0;
    for (CalendarLines.Line line : lines) {
      boolean begins = line.is("BEGIN", "VEVENT") || line.is("BEGIN", "VTODO");
      if (depth == 0) {
        depth = begins ? 1 : 0;
      } else if (line.is("BEGIN")) {
        depth++;
      } else if (line.is("END")) {
        depth--;
        if (depth == 0) {
          break;
        }
      } else if (depth == 1) {
        event.add(line);
      }
    }
    return event;
  }

  private Invitation invitation(String method) {
    Optional<CalendarLines.Line> from = line("DTSTART");
    Optional<Instant> start = from.flatMap(this::instant);
    Optional<Instant> end =
        line("DTEND")
            .or(() -> line("DUE"))
            .flatMap(this::instant)
            .or(() -> start.flatMap(this::endByDuration));
    return new Invitation(
        method,
        text("UID"),
        line("SEQUENCE")
            .map(line -> line.value().strip())
            .filter(value -> value.matches("\\d{1,9}"))
            .map(Integer::parseInt)
            .orElse(0),
        text("SUMMARY"),
        text("LOCATION"),
        line("ORGANIZER")
            .flatMap(line -> NamedAddress.parseAll(line.value()).stream().findFirst())
            .map(NamedAddress::address),
        start,
        end,
        from.filter(line -> CalendarTimes.isDate(line.value())).isPresent(),
        line("RRULE").or(() -> line("RDATE")).isPresent());
  }

  private Optional<Instant> endByDuration(Instant start) {
    return line("DURATION").flatMap(line -> CalendarTimes.duration(line.value())).map(start::plus);
  }

  private Optional<Instant> instant(CalendarLines.Line line) {
    String zone = line.value().strip().endsWith("Z") ? "UTC" : line.parameter("TZID");
    return CalendarTimes.local(line.value()).map(local -> zones.instant(local, zone));
  }

  private Optional<CalendarLines.Line> line(String name) {
    return event.stream().filter(line -> line.is(name)).findFirst();
  }

  private String text(String name) {
    return line(name).map(CalendarLines.Line::text).orElse("");
  }
}
