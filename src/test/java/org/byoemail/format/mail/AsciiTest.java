package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsciiTest {

  @Test
  void linesOf998PrintableCharactersAreSevenBit() {
    assertThat(Ascii.isSevenBit("~ \t" + "x".repeat(995) + "\n" + "x".repeat(998))).isTrue();
  }

  @Test
  void longerLineIsNotSevenBit() {
    assertThat(Ascii.isSevenBit("short\n" + "x".repeat(999))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"é", "a\u0000b", "a\rb", "a\u007fb", "\u001b[0m"})
  void whatIsNotPrintableIsNotSevenBit(String text) {
    assertThat(Ascii.isSevenBit(text)).isFalse();
  }
}
