package org.byoemail.account.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagFileTest {
  private static final RolloutTarget ADA =
      new RolloutTarget(
          UUID.randomUUID(), UUID.randomUUID(), new OrganizationId("acme"), "ada@example.test");

  @TempDir Path folder;

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("rollout.yaml"), content);
  }

  private static RolloutSettings settings(Path file) {
    return new RolloutSettings(
        true, null, null, null, null, null, file, null, Duration.ofSeconds(5));
  }

  @Test
  void fileHasTheRules() throws Exception {
    Path file =
        write(
            """
            percentage: 0
            allow:
              - organization:acme
            receiving:
              enabled: false
            """);

    RolloutRules rules = new FlagFile(file).changed();

    assertThat(rules.decide(ADA, RolloutSide.SENDING).on()).isTrue();
    assertThat(rules.decide(ADA, RolloutSide.RECEIVING))
        .isEqualTo(new RolloutDecision(false, "not enabled"));
  }

  @Test
  void contentIsReadAgainOnlyIfItChanges() throws Exception {
    FlagFile file = new FlagFile(write("enabled: true\n"));

    assertThat(file.changed()).isNotNull();
    assertThat(file.changed()).isNull();
    write("enabled: no\n");
    assertThat(file.changed().enabled()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "percentge: 10 | no setting percentge",
        "percentage: 110 | percentage must be between 0 and 100",
        "percentage: many | 'percentage: '",
        "'sending: {percent: 1}' | no setting sending.percent",
        "'allow: [acme]' | allow must have entries such as",
        "'[' | ",
        "'' | one YAML document",
      })
  void invalidFileIsRefusedInOneLine(String content, String words) throws Exception {
    Path path = write(content);

    assertThatExceptionOfType(FlagFile.Invalid.class)
        .isThrownBy(() -> new FlagFile(path).changed())
        .satisfies(
            invalid -> {
              assertThat(invalid.getMessage()).contains("rollout.yaml").hasLineCount(1);
              if (words != null) {
                assertThat(invalid.getMessage()).contains(words);
              }
            });
  }

  @Test
  void largeAndMissingFilesAreRefused() throws Exception {
    Path large = write("# " + "x".repeat(200_000));

    assertThatExceptionOfType(FlagFile.Invalid.class)
        .isThrownBy(() -> new FlagFile(large).changed())
        .withMessageContaining("is larger than 128 KB");
    assertThatExceptionOfType(FlagFile.Invalid.class)
        .isThrownBy(() -> new FlagFile(folder.resolve("none.yaml")).changed())
        .withMessageContaining("none.yaml cannot be read");
  }

  @Test
  void invalidFileStopsTheStart() throws Exception {
    Path file = write("enabled: perhaps\n");

    assertThatExceptionOfType(FlagRefused.class)
        .isThrownBy(() -> new ConfiguredProvider(settings(file)))
        .satisfies(
            refused -> {
              assertThat(refused)
                  .hasMessageStartingWith("BYO_EMAIL_FLAG_FILE: ")
                  .hasMessageContaining("enabled");
              assertThat(refused.remedy()).startsWith("Correct the file");
            });
  }

  @Test
  void fileThatBecomesInvalidLeavesTheLastRulesInForce() throws Exception {
    EnabledFlag flag = new EnabledFlag(settings(write("enabled: false\n")));
    flag.start();
    flag.refresh();

    write("enabled: [\n");
    flag.refresh();
    String failure = flag.failure();
    RolloutDecision kept = flag.evaluate(ADA, RolloutSide.SENDING).orElseThrow();
    write("enabled: true\n");
    flag.refresh();

    assertThat(failure).contains("rollout.yaml is invalid");
    assertThat(kept.on()).isFalse();
    assertThat(flag.failure()).isNull();
    assertThat(flag.evaluate(ADA, RolloutSide.SENDING).orElseThrow().on()).isTrue();
    flag.destroy();
  }
}
