package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTest {

  @Test
  void caseAndCompositionDoNotMatter() {
    assertThat(Label.parse("Follow-Up")).isEqualTo(Label.parse("follow-up"));
    assertThat(Label.parse("U\u0308ber")).isEqualTo(Label.parse("über"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "4711", "order/4711", "to_do", "v1.2", "日本"})
  void nameIsTaken(String name) {
    assertThat(Label.parse(name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-a", "a b", "a\"b", "a:b", "a,b", "a\n", "\u0000", "\ud800"})
  void otherNameIsRefused(String name) {
    assertThatThrownBy(() -> Label.parse(name)).hasMessage(Label.RULE);
  }

  @Test
  void nameIsBounded() {
    assertThat(Label.parse("a".repeat(50)).name()).hasSize(50);
    assertThatThrownBy(() -> Label.parse("a".repeat(51))).hasMessage(Label.RULE);
    assertThatThrownBy(() -> Label.parse("a".repeat(1_000_000))).hasMessage(Label.RULE);
  }
}
