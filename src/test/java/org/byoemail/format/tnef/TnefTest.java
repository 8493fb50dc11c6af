package org.byoemail.format.tnef;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParseLimits;
import org.byoemail.format.mime.ParsedAttachment;
import org.byoemail.format.mime.ParsedMail;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Outlook wraps in winmail.dat comes out as if it had been sent as parts. */
class TnefTest {
  private static final byte[] PICTURE = {(byte) 0x89, 'P', 'N', 'G', 0, 1, 2};

  /** The example of MS-OXRTFCP section 4.1.1. */
  private static final byte[] PACKED_RTF =
      HexFormat.of()
          .parseHex(
              "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c09002062"
                  + "7705b06c647d0a800fa0");

  private final MailParser parser = new MailParser();

  private ParsedMail parse(String mail) {
    byte[] bytes = mail.getBytes(StandardCharsets.ISO_8859_1);
    return assertTimeoutPreemptively(Duration.ofSeconds(10), () -> parser.parse(bytes));
  }

  private static TnefBuilder example() {
    return new TnefBuilder()
        .codePage(1251)
        .text("привет".getBytes(Charset.forName("windows-1251")))
        .properties(
            TnefBuilder.named("Keywords", 7),
            TnefBuilder.binary(MapiProperties.HTML, "<p>hello</p>".getBytes()))
        .file("REPORT~1.PDF", "%PDF".getBytes())
        .file(
            "picture.png",
            PICTURE,
            TnefBuilder.unicode(MapiProperties.ATTACH_LONG_FILE_NAME, "Привет мир.png"),
            TnefBuilder.unicode(MapiProperties.ATTACH_TYPE, "image/png"),
            TnefBuilder.unicode(MapiProperties.ATTACH_CONTENT_ID, "logo@example.org"));
  }

  @Test
  void filesAreAttachments() {
    ParsedMail mail = parse(example().mail("see below"));

    assertThat(mail.attachments())
        .extracting(ParsedAttachment::name, ParsedAttachment::contentType, ParsedAttachment::inline)
        .containsExactly(
            tuple("REPORT~1.PDF", "application/octet-stream", false),
            tuple("Привет мир.png", "image/png", true));
    assertThat(mail.attachments().get(1).contentId()).hasValue("logo@example.org");
    assertThat(mail.attachments().get(1).part().bytes()).isEqualTo(PICTURE);
    assertThat(mail.problems()).isEmpty();
  }

  @Test
  void bodyCompletesTheTextBesideIt() {
    ParsedMail mail = parse(example().mail("see below"));

    assertThat(mail.text()).isEqualTo("hello");
    assertThat(mail.plain()).hasValue("see below");
    assertThat(mail.html()).hasValue("<p>hello</p>");
  }

  @Test
  void bodyStandsInForAMissingOne() {
    ParsedMail mail = parse(example().mail(""));

    assertThat(mail.text()).isEqualTo("hello");
    assertThat(mail.plain()).hasValue("привет");
    assertThat(mail.html()).hasValue("<p>hello</p>");
  }

  @Test
  void packedRtfIsUnpacked() {
    byte[] rtf = CompressedRtf.unpack(ByteSlice.of(PACKED_RTF), 1_000);

    assertThat(new String(rtf, StandardCharsets.US_ASCII))
        .isEqualTo("{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  }

  @Test
  void bodyWrittenInRtfIsText() {
    TnefBuilder tnef =
        new TnefBuilder().properties(TnefBuilder.binary(MapiProperties.RTF, PACKED_RTF));

    ParsedMail mail = parse(tnef.mail(""));

    assertThat(mail.text()).isEqualTo("hello world");
    assertThat(mail.html()).isEmpty();
  }

  @Test
  void htmlWrappedInRtfIsUnwrapped() {
    RtfBody body =
        RtfBody.read(
            """
            {\\rtf1\\ansi\\ansicpg1251\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial;}}
            {\\*\\htmltag64 <p class="x">}\\htmlrtf {\\b \\htmlrtf0 caf\\'e9 {\\f1 \\'ef\\'f0}\\u8364?
            {\\*\\htmltag84 &amp;}\\htmlrtf &\\htmlrtf0 {\\*\\mhtmltag <a>}\\htmlrtf }\\htmlrtf0
            {\\*\\htmltag72 </p>}}
            """);

    assertThat(body.html()).hasValue("<p class=\"x\">cafй пр€&amp;</p>".replace("й", "\u0439"));
  }

  @Test
  void messageWithinIsOpenedToo() {
    byte[] inner = new TnefBuilder().file("inner.txt", "inside".getBytes()).build();

    ParsedMail mail = parse(new TnefBuilder().message("Forwarded", inner).mail("look"));

    assertThat(mail.text()).isEqualTo("look");
    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly("inner.txt");
  }

  @Test
  void messagesWithinEachOtherAreReadToALimitedDepth() {
    byte[] tnef = new TnefBuilder().file("inner.txt", "inside".getBytes()).build();
    for (int i = 0; i < 200; i++) {
      tnef = new TnefBuilder().message("again", tnef).build();
    }

    ParsedMail mail = parse(new TnefBuilder().message("first", tnef).mail("look"));

    assertThat(mail.problems()).contains("too-deep");
    assertThat(mail.attachments()).hasSize(1);
  }

  @Test
  void whatIsNoTnefStaysAFile() {
    ParsedMail mail =
        parse(
            "Content-Type: application/octet-stream; name=winmail.dat\n"
                + "Content-Disposition: attachment; filename=WinMail.dat\n\nnothing of the kind");

    assertThat(mail.attachments())
        .extracting(ParsedAttachment::name)
        .containsExactly("WinMail.dat");
    assertThat(mail.problems()).containsExactly("tnef-broken");
  }

  @Test
  void cutOffAnywhereNothingFails() {
    byte[] whole = example().message("Forwarded", example().build()).build();

    for (int length = 0; length < whole.length; length++) {
      ParsedMail mail = parser.parse(mail(Arrays.copyOf(whole, length)));

      assertThat(mail.attachments()).hasSizeLessThanOrEqualTo(6);
    }
  }

  @Test
  void changedBytesMakeNothingFail() {
    byte[] rtf = TnefBuilder.binary(MapiProperties.RTF, PACKED_RTF);
    byte[] whole = example().properties(rtf).message("Forwarded", example().build()).build();
    Random random = new Random(7);

    for (int i = 0; i < 5_000; i++) {
      byte[] changed = whole.clone();
      for (int j = 0; j <= random.nextInt(4); j++) {
        changed[6 + random.nextInt(whole.length - 6)] = (byte) random.nextInt(256);
      }
      ParsedMail mail = parser.parse(mail(changed));

      assertThat(mail.attachments()).hasSizeLessThan(10);
    }
  }

  @Test
  void numbersBeyondTheBytesAreNotBelieved() {
    byte[] many = TnefBuilder.concat(TnefBuilder.number(Integer.MAX_VALUE), TnefBuilder.number(-1));
    TnefBuilder tnef =
        new TnefBuilder()
            .attribute(1, 0x00069003, many)
            .properties(
                TnefBuilder.concat(
                    TnefBuilder.number(0x1003 | MapiProperties.HTML << 16),
                    TnefBuilder.number(Integer.MAX_VALUE)));

    assertThat(parse(tnef.mail("text")).text()).isEqualTo("text");
  }

  @Test
  void numbersOfValuesThatTakeNoBytesAreNotBelieved() {
    TnefBuilder tnef = new TnefBuilder();
    byte[] nulls =
        TnefBuilder.concat(
            TnefBuilder.number(0x1001 | MapiProperties.HTML << 16),
            TnefBuilder.number(Integer.MAX_VALUE));
    for (int i = 0; i < 50; i++) {
      tnef.properties(nulls);
    }

    assertThat(parse(tnef.mail("text")).text()).isEqualTo("text");
  }

  @Test
  void packedTextIsBoundedForTheWholeMail() {
    byte[] inner =
        new TnefBuilder().properties(TnefBuilder.binary(MapiProperties.RTF, PACKED_RTF)).build();
    String mail = new TnefBuilder().message("a", inner).message("b", inner).mail("look");
    MailParser small = new MailParser(new ParseLimits(1 << 20, 60, 1_000, 1 << 20, 1 << 16, 60));

    ParsedMail read = small.parse(mail.getBytes(StandardCharsets.ISO_8859_1));

    assertThat(parse(mail).attachments()).hasSize(2);
    assertThat(read.attachments())
        .extracting(ParsedAttachment::contentType)
        .containsExactly("text/plain", "application/ms-tnef");
    assertThat(read.problems()).containsExactly("text-too-long");
  }

  @Test
  void rtfThatOpensGroupsWithoutEndIsReadInTime() {
    byte[] bomb = ("{\\rtf1 " + "{".repeat(3 << 20) + "x").getBytes(StandardCharsets.US_ASCII);
    byte[] plain =
        TnefBuilder.concat(
            new byte[8], TnefBuilder.number(0x414C454D), TnefBuilder.number(0), bomb);

    ParsedMail mail =
        parse(new TnefBuilder().properties(TnefBuilder.binary(MapiProperties.RTF, plain)).mail(""));

    assertThat(mail.text()).isEqualTo("x");
  }

  private static byte[] mail(byte[] tnef) {
    return TnefBuilder.concat("Content-Type: application/ms-tnef\n\n".getBytes(), tnef);
  }

  private static final int APPOINTMENT = 0x00062002;
  private static final int MEETING = 0x6ED8DA90;
  private static final Instant START = Instant.parse("2026-07-01T10:00:00Z");
  private static final Instant END = Instant.parse("2026-07-01T11:30:00Z");

  private static TnefBuilder meeting(String messageClass, byte[] id) {
    return new TnefBuilder()
        .properties(
            TnefBuilder.unicode(0x001A, messageClass),
            TnefBuilder.unicode(0x0037, "Lunch"),
            TnefBuilder.unicode(0x0064, "SMTP"),
            TnefBuilder.unicode(0x0065, "jane@example.org"),
            TnefBuilder.named(APPOINTMENT, 0x8208, 0x1F, utf16("Room 1\0")),
            TnefBuilder.named("Keywords", 7),
            TnefBuilder.named(APPOINTMENT, 0x820D, 0x40, TnefBuilder.time(START)),
            TnefBuilder.named(APPOINTMENT, 0x820E, 0x40, TnefBuilder.time(END)),
            TnefBuilder.named(APPOINTMENT, 0x8201, 0x03, TnefBuilder.number(2)),
            TnefBuilder.named(APPOINTMENT, 0x8223, 0x0B, TnefBuilder.number(1)),
            TnefBuilder.named(MEETING, 0x23, 0x102, id));
  }

  private static byte[] utf16(String text) {
    return text.getBytes(StandardCharsets.UTF_16LE);
  }

  @Test
  void meetingRequestIsAnInvitation() {
    byte[] id = "\4\0\0\0vCal-Uid\1\0\0\0event-1@example.org\0".getBytes(StandardCharsets.US_ASCII);

    Invitation invitation =
        parse(meeting("IPM.Schedule.Meeting.Request", id).mail("See below"))
            .invitation()
            .orElseThrow();

    assertThat(invitation.method()).isEqualTo("REQUEST");
    assertThat(invitation.uid()).isEqualTo("event-1@example.org");
    assertThat(invitation.sequence()).isEqualTo(2);
    assertThat(invitation.summary()).isEqualTo("Lunch");
    assertThat(invitation.location()).isEqualTo("Room 1");
    assertThat(invitation.organizer()).hasValue(EmailAddress.parse("jane@example.org"));
    assertThat(invitation.start()).hasValue(START);
    assertThat(invitation.end()).hasValue(END);
    assertThat(invitation.recurring()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "IPM.Schedule.Meeting.Canceled, CANCEL",
    "IPM.Schedule.Meeting.Resp.Pos, REPLY",
    "IPM.Microsoft Schedule.MtgReq, REQUEST",
    "IPM.Note,"
  })
  void classOfTheMessageTellsItsMethod(String messageClass, @Nullable String method) {
    byte[] id = {4, 0, (byte) 0xE0};

    Optional<Invitation> invitation = parse(meeting(messageClass, id).mail("")).invitation();

    assertThat(invitation.map(Invitation::method)).isEqualTo(Optional.ofNullable(method));
    invitation.ifPresent(told -> assertThat(told.uid()).isEqualTo("0400E0"));
  }

  @Test
  void meetingRequestThatWasForwardedAsAMailIsNoInvitation() {
    byte[] inner = meeting("IPM.Schedule.Meeting.Request", new byte[3]).build();

    assertThat(parse(new TnefBuilder().message("Lunch", inner).mail("")).invitation()).isEmpty();
  }
}
