package org.byoemail.mail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the invitation in a mail: the first part that is a calendar with a method (RFC 6047), or
 * what Outlook sends instead.
 */
final class Invitations {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_TEXT = 1_000;

  private final List<CalendarLines.Line> event;
  private final CalendarZones zones;

  private Invitations(List<CalendarLines.Line> event, CalendarZones zones) {
    this.event = event;
    this.zones = zones;
  }

  static Optional<Invitation> in(MimePart root) {
    return parts(root).flatMap(part -> of(part).stream()).findFirst();
  }

  private static Optional<Invitation> of(MimePart part) {
    if (part.is("text/calendar") || part.is("application/ics")) {
      return read(part.text(MAX_BYTES), part.parameter("method"));
    }
    return part.isTnef() ? TnefMeeting.in(Stretch.of(part.bytes())) : Optional.empty();
  }

  /** The parts of the mail itself: an invitation that was forwarded as a mail is not meant. */
  private static Stream<MimePart> parts(MimePart part) {
    if (part.is("message/*")) {
      return Stream.empty();
    }
    // TNEF within TNEF is such a mail.
    Stream<MimePart> own =
        part.children().stream().filter(child -> !part.isTnef() || !child.isTnef());
    return Stream.concat(Stream.of(part), own.flatMap(Invitations::parts));
  }

  private static Optional<Invitation> read(String calendar, String typeMethod) {
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
    return Optional.of(new Invitations(event, new CalendarZones(lines)).invitation(method));
  }

  /** The lines of the first event, or task, without those of the alarms in it. */
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
    return bounded(line(name).map(CalendarLines.Line::text).orElse(""));
  }

  static String bounded(String text) {
    return text.substring(0, Math.min(text.length(), MAX_TEXT));
  }
}
