package org.byoemail.format.tnef;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;

/**
 * The invitation that Outlook sends in TNEF instead of a calendar: a meeting request, the
 * cancellation of one, or the answer to one (MS-OXOCAL). All-day meetings have the times at which
 * their days start and end where they were made.
 */
final class TnefMeeting {
  private static final int APPOINTMENT = 0x00062002;
  private static final int MEETING = 0x6ED8DA90;

  private static final long SEQUENCE = MapiProperties.named(APPOINTMENT, 0x8201);
  private static final long LOCATION = MapiProperties.named(APPOINTMENT, 0x8208);
  private static final long START = MapiProperties.named(APPOINTMENT, 0x820D);
  private static final long END = MapiProperties.named(APPOINTMENT, 0x820E);
  private static final long RECURRING = MapiProperties.named(APPOINTMENT, 0x8223);
  private static final long ID = MapiProperties.named(MEETING, 0x03);
  private static final long CLEAN_ID = MapiProperties.named(MEETING, 0x23);

  /** Stands in front of the id that an event got elsewhere (MS-OXCICAL section 2.1.3.1.1.20.26). */
  private static final String FOREIGN_ID = "vCal-Uid\1\0\0\0";

  private static final int MAX_ID = 1_000;

  private final MapiProperties mapi;

  private TnefMeeting(MapiProperties mapi) {
    this.mapi = mapi;
  }

  static Optional<Invitation> in(MapiProperties mapi, String messageClass) {
    return method(messageClass).map(method -> new TnefMeeting(mapi).invitation(method));
  }

  /** What a class of messages is in a calendar; its older name is from Schedule+. */
  private static Optional<String> method(String messageClass) {
    String lower = messageClass.toLowerCase(Locale.ROOT);
    if (lower.contains("schedule.meeting.request") || lower.contains("schedule.mtgreq")) {
      return Optional.of("REQUEST");
    }
    if (lower.contains("schedule.meeting.cancel") || lower.contains("schedule.mtgcncl")) {
      return Optional.of("CANCEL");
    }
    return lower.contains("schedule.meeting.resp") || lower.contains("schedule.mtgresp")
        ? Optional.of("REPLY")
        : Optional.empty();
  }

  private Invitation invitation(String method) {
    return new Invitation(
        method,
        mapi.find(CLEAN_ID).or(() -> mapi.find(ID)).map(TnefMeeting::uid).orElse(""),
        mapi.number(SEQUENCE).filter(number -> number > 0).orElse(0),
        text(MapiProperties.SUBJECT),
        text(LOCATION),
        method.equals("REPLY") ? Optional.empty() : author(),
        mapi.time(START).or(() -> mapi.time(MapiProperties.START)),
        mapi.time(END).or(() -> mapi.time(MapiProperties.END)),
        false,
        mapi.number(RECURRING).filter(number -> number != 0).isPresent());
  }

  private String text(long id) {
    return mapi.text(id).orElse("");
  }

  /** Within an organisation authors have addresses of another kind, which mean nothing outside. */
  private Optional<EmailAddress> author() {
    return mapi.text(MapiProperties.AUTHOR_ADDRESS)
        .filter(
            address ->
                mapi.text(MapiProperties.AUTHOR_TYPE).filter("SMTP"::equalsIgnoreCase).isPresent())
        .flatMap(address -> NamedAddress.parseAll(address).stream().findFirst())
        .map(NamedAddress::address);
  }

  private static String uid(MapiProperties.Value id) {
    ByteSlice found = id.bytes();
    int length = Math.min(found.length(), MAX_ID);
    byte[] bytes = Arrays.copyOfRange(found.data(), found.from(), found.from() + length);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int foreign = text.indexOf(FOREIGN_ID);
    if (foreign < 0) {
      return HexFormat.of().withUpperCase().formatHex(bytes);
    }
    int start = foreign + FOREIGN_ID.length();
    int end = text.indexOf('\0', start);
    return text.substring(start, end < 0 ? text.length() : end);
  }
}
