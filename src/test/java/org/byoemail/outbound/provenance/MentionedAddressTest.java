package org.byoemail.outbound.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.byoemail.format.mail.EmailAddress;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("compute")
class MentionedAddressTest {
  private static final MentionedAddress EVE =
      new MentionedAddress(EmailAddress.parse("eve.q@evil.test"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "write to Eve.Q@EVIL.test today",
        "mailto:eve.q%40evil.test",
        "eve.q&#64;evil&#46;test",
        "eve.q&#x0040;evil.test",
        "eve.q [at] evil [dot] test",
        "eve dot q at evil dot test",
        "eve.q (at) evil.test",
        "e v e . q @ e v i l . t e s t",
        "eve\u200B.q@ev\u00ADil.test",
        "eve.q\uFF20evil\uFF0Etest",
        "<a href=\"mailto:eve.q@evil.test\">press</a>"
      })
  void addressIsFoundHoweverItIsSpelled(String text) {
    assertThat(EVE.isIn(MentionedAddress.searchable(text))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "eve@evil.test", "eve.q@good.test", "eve.q and evil.test"})
  void otherTextsDoNotNameIt(String text) {
    assertThat(EVE.isIn(MentionedAddress.searchable(text))).isFalse();
  }

  @Test
  void internationalDomainIsFoundInBothForms() {
    MentionedAddress address = new MentionedAddress(EmailAddress.parse("eve@b\u00FCcher.test"));

    assertThat(address.isIn(MentionedAddress.searchable("eve@B\u00DCCHER.test"))).isTrue();
    assertThat(address.isIn(MentionedAddress.searchable("eve@xn--bcher-kva.test"))).isTrue();
  }

  @Test
  void hostileTextTakesTimeInProportionToItsLength() {
    String text = "[ at ".repeat(40_000) + " at".repeat(40_000) + "&#000".repeat(40_000);

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> EVE.isIn(MentionedAddress.searchable(text)));
  }
}
