package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class RequirementsTest {
  private static final String ABSENT = "no-such-program-anywhere";

  @Test
  void installedProgramsEnableTheTest() {
    ConditionEvaluationResult result = Requirements.binding(true).check("sh", "cat");

    assertThat(result.isDisabled()).isFalse();
  }

  @Test
  void missingProgramSkipsTheTestAndNamesWhatInstallsIt() {
    ConditionEvaluationResult result = Requirements.binding(false).check("sh", ABSENT);

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains(ABSENT, "src/test/servers/install.sh"));
  }

  @Test
  void missingProgramFailsTheTestWhereServersAreRequired() {
    Requirements requirements = Requirements.binding(true);

    assertThatThrownBy(() -> requirements.check(ABSENT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(ABSENT);
  }
}
