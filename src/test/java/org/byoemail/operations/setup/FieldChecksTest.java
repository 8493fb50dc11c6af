package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldChecksTest {
  private final FieldChecks checks = new FieldChecks();

  @Test
  void everyProblemIsNamedAtOnce() {
    checks.line("name", null, 10);
    checks.refuse("smtp.port", "must be 1 to 65535");

    assertThatThrownBy(checks::done)
        .isInstanceOfSatisfying(
            FieldsRefused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(FieldProblem::field)
                    .containsExactly("name", "smtp.port"));
  }

  @Test
  void nothingFoundIsNotRefused() {
    assertThat(checks.line("name", " Ada ", 10)).isEqualTo("Ada");

    assertThat(checks.hasProblems()).isFalse();
    assertThatCode(checks::done).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "  ", "\t"})
  void blankLineIsAbsent(String text) {
    assertThat(checks.optionalLine("name", text, 10)).isNull();
    assertThat(checks.hasProblems()).isFalse();

    assertThat(checks.line("name", text, 10)).isNull();
    assertThat(checks.hasProblems()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ada\r\nBcc: eve@example.test", "Ada\0", "eleven char"})
  void lineIsShortAndWithoutControlCharacters(String text) {
    assertThat(checks.optionalLine("name", text, 10)).isNull();

    assertThat(checks.hasProblems()).isTrue();
  }

  @Test
  void lineMayBeAsLongAsItsLimit() {
    assertThat(checks.line("name", "0123456789", 10)).isEqualTo("0123456789");
  }

  @Test
  void valueThatCannotBeReadIsRefusedInItsOwnWords() {
    Integer read =
        checks.read(
            "port",
            () -> {
              throw new IllegalArgumentException("must be a number");
            });

    assertThat(read).isNull();
    assertThatThrownBy(checks::done)
        .isInstanceOf(FieldsRefused.class)
        .hasMessage("port must be a number");
  }

  @Test
  void faultOfTheProgramIsNoProblemOfAField() {
    assertThatThrownBy(
            () ->
                checks.read(
                    "port",
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .isInstanceOf(IllegalStateException.class);
  }
}
