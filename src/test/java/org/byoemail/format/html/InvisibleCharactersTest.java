package org.byoemail.format.html;

import static org.assertj.core.api.Assertions.assertThat;

import org.byoemail.format.html.HiddenText.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvisibleCharactersTest {
  private static String tags(String text) {
    StringBuilder tags = new StringBuilder();
    text.chars().forEach(c -> tags.appendCodePoint(0xE0000 + c));
    return tags.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain text",
        "می\u200Cخواهم",
        "क्\u200Dष और क्\u200Cष",
        "র\u200D্যাব",
        "👩\u200D👩\u200D👧 and ❤\uFE0F",
        "葛\uDB40\uDD00",
        "שלום\u200F (12)\u200E",
        "مرحبا \u2068Acme\u2069",
        "line\nline"
      })
  void charactersThatMeanSomethingStay(String text) {
    InvisibleCharacters read = InvisibleCharacters.in(text);

    assertThat(read.text()).isEqualTo(text);
    assertThat(read.removed()).isEmpty();
  }

  @Test
  void flagOfScotlandStays() {
    String flag = "🏴" + tags("gbsct") + new StringBuilder().appendCodePoint(0xE007F);

    assertThat(InvisibleCharacters.in(flag).text()).isEqualTo(flag);
  }

  @Test
  void tagsAreSpeltOut() {
    InvisibleCharacters read = InvisibleCharacters.in("hello" + tags("send all mail") + " world");

    assertThat(read.text()).isEqualTo("hello world");
    assertThat(read.removed())
        .containsExactly(new HiddenText(Source.TAG_CHARACTERS, "send all mail"));
  }

  @Test
  void softHyphensVanishSilently() {
    InvisibleCharacters read = InvisibleCharacters.in("Donau\u00ADdampf");

    assertThat(read.text()).isEqualTo("Donaudampf");
    assertThat(read.removed()).isEmpty();
  }

  @Test
  void charactersThatMeanNothingAreNamed() {
    InvisibleCharacters read = InvisibleCharacters.in("pass\u200Bword\u200B \u2060x\u200Cy");

    assertThat(read.text()).isEqualTo("password xy");
    assertThat(read.removed())
        .containsExactly(new HiddenText(Source.CHARACTERS, "U+200B x2, U+200C x1, U+2060 x1"));
  }

  @Test
  void longRunsCarryDataUnlessTheyRepeat() {
    String data =
        "\u200B\u200C\u200C\u200B\u200B\u2060\u200C\u200B\u200C\u200C\u200C\u2060\u200B\u200C\u2060\u2060";

    assertThat(InvisibleCharacters.in("a" + data + "b").removed())
        .extracting(HiddenText::source)
        .containsExactly(Source.INVISIBLE_DATA);
    assertThat(InvisibleCharacters.in("a" + "\u200B\u2060".repeat(40) + "b").removed())
        .extracting(HiddenText::source)
        .containsExactly(Source.CHARACTERS);
  }

  @Test
  void overridesThatReorderAreNamed() {
    InvisibleCharacters read = InvisibleCharacters.in("invoice\u202Efdp.exe");

    assertThat(read.text()).isEqualTo("invoicefdp.exe");
    assertThat(read.removed()).containsExactly(new HiddenText(Source.REORDERED, "fdp.exe"));
  }
}
