package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTextTest {
  private final ReplyText replies = new ReplyText(true, false);
  private final ReplyText both = new ReplyText(true, true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Yes.\n\nOn Tue, 24 Nov 2026 at 10:00, Ben <ben@x.test> wrote:\n> Shall we?\n> Ben",
        "Yes.\n\nOn Tue, 24 Nov 2026 at 10:00, Ben Other Longname\n<ben@x.test> wrote:\n\n> Shall we?",
        "Yes.\n\nAm 24.11.2026 um 10:00 schrieb Ben Other:\n> Sollen wir?",
        "Yes.\n\nLe mar. 24 nov. 2026 à 10:00, Ben <ben@x.test> a écrit :\n> On y va ?",
        "Yes.\n\nEl mar, 24 nov 2026 a las 10:00, Ben (<ben@x.test>) escribió:\n> ¿Vamos?",
        "Yes.\n\nIl giorno mar 24 nov 2026 alle ore 10:00 Ben <ben@x.test> ha scritto:\n> Andiamo?",
        "Yes.\n\nOp di 24 nov 2026 om 10:00 schreef Ben <ben@x.test>:\n> Zullen we?",
        "Yes.\n\n-----Original Message-----\nFrom: Ben\nSent: Tuesday\nTo: Ann\n\nShall we?",
        "Yes.\n\nFrom: Ben <ben@x.test>\nSent: Tuesday, 24 November 2026 10:00\nTo: Ann\n\nShall we?",
        "Yes.\n\nVon: Ben <ben@x.test>\nGesendet: Dienstag, 24. November 2026 10:00\nAn: Ann\n\nNun?",
        "On Tue, 24 Nov 2026 at 10:00, Ben <ben@x.test> wrote:\n> Shall we?\n\nYes.",
        "> Shall we?\nYes."
      })
  void whatIsQuotedIsLeftOut(String text) {
    assertThat(replies.newIn(text)).isEqualTo("Yes.");
  }

  @Test
  void answersBetweenQuotationsStay() {
    String text = "On Monday, Ben wrote:\n> One?\nFirst.\n> Two?\nSecond.";

    assertThat(replies.newIn(text)).isEqualTo("First.\nSecond.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Nothing is quoted here.\nFrom: a line that is part of the text\nand goes on.",
        "On that day my father wrote:\nDear son, come home.",
        "> only what was quoted",
        ""
      })
  void textWithoutAnythingNewBesideIsWhole(String text) {
    assertThat(replies.newIn(text)).isEqualTo(text);
  }

  @Test
  void forwardedTextIsLeftOutWhereThatIsWanted() {
    String text =
        "See below.\n\n---------- Forwarded message ---------\nFrom: Ben\nSubject: Hello\n\nHi.";

    assertThat(both.newIn(text)).isEqualTo("See below.");
    assertThat(replies.newIn(text)).isEqualTo(text.strip());
  }

  @Test
  void hostileTextTakesNoTime() {
    String text = ("On " + "a".repeat(290) + "\n").repeat(20_000) + "wrote:".repeat(100_000);

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> assertThatCode(() -> both.newIn(text)).doesNotThrowAnyException());
  }
}
