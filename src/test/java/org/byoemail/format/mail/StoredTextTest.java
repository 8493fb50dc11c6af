package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoredTextTest {
  @Test
  void textThatFitsStaysAsItIs() {
    assertThat(StoredText.of("450 busy", 8)).isEqualTo("450 busy");
  }

  @Test
  void nulIsLeftOutBeforeTheTextIsShortened() {
    assertThat(StoredText.of("\0a\0bcd", 3)).isEqualTo("abc");
  }

  @Test
  void characterIsNotCutInTwo() {
    assertThat(StoredText.of("ab\uD83D\uDE00c", 3)).isEqualTo("ab");
    assertThat(StoredText.of("ab\uD83D\uDE00c", 4)).isEqualTo("ab\uD83D\uDE00");
  }
}
