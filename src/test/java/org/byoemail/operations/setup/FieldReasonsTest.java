package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FieldReasonsTest {
  static List<Arguments> types() {
    return List.of(
        Arguments.of(Integer.class, "must be a whole number"),
        Arguments.of(boolean.class, "must be true or false"),
        Arguments.of(String.class, "must be a string"),
        Arguments.of(Security.class, "must be one of ssl, starttls, none"),
        Arguments.of(List.class, "must be a list"),
        Arguments.of(byte[].class, "must be a list"),
        Arguments.of(Map.class, "must be an object"),
        Arguments.of(null, "has the wrong type"));
  }

  @ParameterizedTest
  @MethodSource("types")
  void problemSaysWhatTheValueMustBe(@Nullable Class<?> type, String problem) {
    assertThat(FieldReasons.wrongType(type)).isEqualTo(problem);
  }

  @Test
  void unknownFieldIsToldWhichThereAre() {
    assertThat(FieldReasons.unknown(List.of("smtp", "imap")))
        .isEqualTo("is unknown; known fields: imap, smtp");
    assertThat(FieldReasons.unknown(List.of())).isEqualTo("is unknown");
  }
}
