package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.byoemail.operations.setup.FieldsRefused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "order-17|order-17",
        "8e03978e-40d5-43dd-bc93-6894a57f9324|8e03978e-40d5-43dd-bc93-6894a57f9324",
        "a\\b|a\\b",
        "\"order-17\"|order-17",
        "\"order 17\"|order 17",
        "\"a \\\"b\\\" \\\\c\"|a \"b\" \\c"
      })
  void keyIsTakenAsItIsAndAsAString(String header, String key) {
    assertThat(of(header)).isEqualTo(key);
  }

  @Test
  void keyHasUpTo200Characters() {
    String longest = "k".repeat(200);

    assertThat(of(longest)).isEqualTo(longest);
    assertThat(of('"' + "\\\"".repeat(200) + '"')).isEqualTo("\"".repeat(200));
    assertRefused(longest + "k");
    assertRefused('"' + longest + "k\"");
    assertRefused("\"" + "\\\"".repeat(5000) + '"');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"\"",
        "\" \"",
        "order 17",
        "a\"b",
        "\"a",
        "\"a\"b\"",
        "\"a\\b\"",
        "\u00e4",
        "\"\u00e4\"",
        "a\tb",
        "\"a\tb\"",
        "\"a\";p=1"
      })
  void keyOfAnotherFormIsRefused(String header) {
    assertRefused(header);
  }

  @Test
  void headerIsThereOnce() {
    assertThat(IdempotencyKey.of(Collections.emptyEnumeration())).isNull();
    assertThatThrownBy(() -> IdempotencyKey.of(Collections.enumeration(List.of("a", "a"))))
        .isInstanceOf(FieldsRefused.class)
        .hasMessageContaining("Idempotency-Key");
  }

  private static void assertRefused(String header) {
    assertThatThrownBy(() -> of(header))
        .isInstanceOf(FieldsRefused.class)
        .hasMessageContaining("Idempotency-Key");
  }

  private static String of(String header) {
    return IdempotencyKey.of(Collections.enumeration(List.of(header)));
  }
}
