package org.byoemail.format.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mime.MailParser;
import org.junit.jupiter.api.Test;

class InvitationTest {
  private final MailParser parser = new MailParser();

  private Optional<Invitation> read(String type, String... lines) {
    String mail = "Content-Type: " + type + "\n\n" + String.join("\r\n", lines);
    byte[] bytes = mail.getBytes(StandardCharsets.UTF_8);
    return assertTimeoutPreemptively(Duration.ofSeconds(10), () -> parser.parse(bytes))
        .invitation();
  }

  private Instant start(String... lines) {
    String event = "BEGIN:VEVENT\r\n" + String.join("\r\n", lines) + "\r\nEND:VEVENT";
    return read("text/calendar; method=REQUEST", event).orElseThrow().start().orElseThrow();
  }

  @Test
  void invitationIsTold() {
    Invitation invitation =
        read(
                "text/calendar; method=request; charset=utf-8",
                "BEGIN:VCALENDAR",
                "METHOD:REQUEST",
                "BEGIN:VEVENT",
                "UID:abc@example.org",
                "SEQUENCE:3",
                "SUMMARY;LANGUAGE=en:Lunch\\, and",
                "  more",
                "LOCATION:Room 1\\nFloor 2",
                "ORGANIZER;CN=\"Doe: Jane\":mailto:jane@example.org",
                "DTSTART;TZID=Europe/Berlin:20260701T120000",
                "DTEND;TZID=Europe/Berlin:20260701T133000",
                "RRULE:FREQ=WEEKLY",
                "BEGIN:VALARM",
                "SUMMARY:not this",
                "END:VALARM",
                "END:VEVENT",
                "END:VCALENDAR")
            .orElseThrow();

    assertThat(invitation.method()).isEqualTo("REQUEST");
    assertThat(invitation.uid()).isEqualTo("abc@example.org");
    assertThat(invitation.sequence()).isEqualTo(3);
    assertThat(invitation.summary()).isEqualTo("Lunch, and more");
    assertThat(invitation.location()).isEqualTo("Room 1\nFloor 2");
    assertThat(invitation.organizer()).hasValue(EmailAddress.parse("jane@example.org"));
    assertThat(invitation.start()).hasValue(Instant.parse("2026-07-01T10:00:00Z"));
    assertThat(invitation.end()).hasValue(Instant.parse("2026-07-01T11:30:00Z"));
    assertThat(invitation.recurring()).isTrue();
    assertThat(invitation.allDay()).isFalse();
  }

  @Test
  void timeInUtcIsTakenAsItIs() {
    assertThat(start("DTSTART:20260101T080000Z")).isEqualTo("2026-01-01T08:00:00Z");
  }

  @Test
  void zoneOfWindowsIsReckonedByTheRulesOfTheCalendar() {
    String[] zone = {
      "BEGIN:VCALENDAR",
      "METHOD:REQUEST",
      "BEGIN:VTIMEZONE",
      "TZID:W. Europe Standard Time",
      "BEGIN:STANDARD",
      "DTSTART:16010101T030000",
      "TZOFFSETFROM:+0200",
      "TZOFFSETTO:+0100",
      "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
      "END:STANDARD",
      "BEGIN:DAYLIGHT",
      "DTSTART:16010101T020000",
      "TZOFFSETFROM:+0100",
      "TZOFFSETTO:+0200",
      "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
      "END:DAYLIGHT",
      "END:VTIMEZONE",
      "BEGIN:VEVENT"
    };
    String calendar = String.join("\r\n", zone);

    Invitation summer =
        read(
                "text/calendar",
                calendar,
                "DTSTART;X-A=\"b;TZID=UTC\";TZID=\"W. Europe Standard Time\":20260701T120000",
                "END:VEVENT")
            .orElseThrow();
    Invitation winter =
        read(
                "text/calendar",
                calendar,
                "DTSTART;TZID=W. Europe Standard Time:20260115T120000",
                "END:VEVENT")
            .orElseThrow();

    assertThat(summer.start()).hasValue(Instant.parse("2026-07-01T10:00:00Z"));
    assertThat(winter.start()).hasValue(Instant.parse("2026-01-15T11:00:00Z"));
  }

  @Test
  void dayIsADay() {
    Invitation invitation =
        read(
                "text/calendar; method=PUBLISH",
                "BEGIN:VEVENT",
                "DTSTART;VALUE=DATE:20260224",
                "DURATION:P2D",
                "END:VEVENT")
            .orElseThrow();

    assertThat(invitation.allDay()).isTrue();
    assertThat(invitation.start()).hasValue(Instant.parse("2026-02-24T00:00:00Z"));
    assertThat(invitation.end()).hasValue(Instant.parse("2026-02-26T00:00:00Z"));
  }

  @Test
  void longTextsAreCut() {
    String text = "x".repeat(1_001);

    Invitation invitation =
        new Invitation(
            "REQUEST",
            text,
            0,
            text,
            text,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false);

    assertThat(invitation.uid()).hasSize(1_000);
    assertThat(invitation.summary()).hasSize(1_000);
    assertThat(invitation.location()).hasSize(1_000);
  }

  @Test
  void calendarWithoutMethodIsNoInvitation() {
    assertThat(read("text/calendar", "BEGIN:VEVENT", "UID:x", "END:VEVENT")).isEmpty();
  }

  @Test
  void calendarWithoutEventIsNoInvitation() {
    assertThat(read("text/calendar; method=REQUEST", "BEGIN:VCALENDAR", "METHOD:REQUEST"))
        .isEmpty();
  }

  @Test
  void invitationInAForwardedMailIsNotThisMails() {
    String inner =
        "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT";

    assertThat(read("message/rfc822", inner)).isEmpty();
  }

  @Test
  void nonsenseIsLeftOut() {
    Invitation invitation =
        read(
                "text/calendar; method=REQUEST",
                "BEGIN:VEVENT",
                "DTSTART;TZID=../../etc:20261399T256199",
                "DTEND:tomorrow",
                "DURATION:P99999999999D",
                "SEQUENCE:99999999999999",
                "ORGANIZER:nobody",
                "END:VEVENT")
            .orElseThrow();

    assertThat(invitation.start()).isEmpty();
    assertThat(invitation.end()).isEmpty();
    assertThat(invitation.sequence()).isZero();
    assertThat(invitation.organizer()).isEmpty();
  }

  @Test
  void rulesThatMakeNoSenseNeverFail() {
    String[] rules = {"BYDAY=-9SU;BYMONTH=0", "BYDAY=5MO;BYMONTH=2", "BYMONTH=13;BYDAY=0SU", "x"};
    for (String rule : rules) {
      assertThat(
              read(
                  "text/calendar; method=REQUEST",
                  "TZID:odd",
                  "BEGIN:STANDARD",
                  "DTSTART:00010101T000000",
                  "TZOFFSETTO:-9959",
                  "RRULE:" + rule,
                  "END:STANDARD",
                  "BEGIN:STANDARD",
                  "DTSTART:00010101T000000",
                  "TZOFFSETTO:-0500",
                  "RRULE:" + rule,
                  "END:STANDARD",
                  "BEGIN:VEVENT",
                  "DTSTART;TZID=odd:00010101T000000",
                  "END:VEVENT"))
          .isPresent();
    }
  }

  @Test
  void recurrencesOfAZoneAreNotExpanded() {
    Invitation invitation =
        read(
                "text/calendar; method=REQUEST",
                "BEGIN:VTIMEZONE",
                "TZID:odd",
                "BEGIN:STANDARD",
                "DTSTART:16010101T030000",
                "TZOFFSETFROM:+0200",
                "TZOFFSETTO:+0100",
                "RRULE:FREQ=SECONDLY",
                "END:STANDARD",
                "END:VTIMEZONE",
                "BEGIN:VEVENT",
                "DTSTART;TZID=odd:20260701T120000",
                "END:VEVENT")
            .orElseThrow();

    assertThat(invitation.start()).hasValue(Instant.parse("2026-07-01T11:00:00Z"));
  }

  @Test
  void calendarOfNothingButFoldsIsReadInTime() {
    String[] lines = new String[100_000];
    java.util.Arrays.fill(lines, " x");

    assertThat(read("text/calendar; method=REQUEST", lines)).isEmpty();
  }
}
