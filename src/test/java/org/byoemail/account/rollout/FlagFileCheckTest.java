package org.byoemail.account.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class FlagFileCheckTest {
  @TempDir Path dir;

  @Test
  void flagFileIsReadAsTheGatewayReadsIt() throws IOException {
    Path file = Files.writeString(dir.resolve("rollout.yaml"), "enabled: true\npercentage: 10\n");

    assertThat(FlagFileCheck.run(with(file))).contains(file.toString());
    assertThat(FlagFileCheck.run(new MockEnvironment())).isEmpty();
  }

  @Test
  void missingFileAndMistakesAreNamed() throws IOException {
    Path missing = dir.resolve("none.yaml");
    Path wrong = Files.writeString(dir.resolve("wrong.yaml"), "percentag: 10\n");
    Path broken = Files.writeString(dir.resolve("broken.yaml"), "allow: [a\n");

    assertThatThrownBy(() -> FlagFileCheck.run(with(missing)))
        .hasMessage(missing + " cannot be read (NoSuchFileException)");
    assertThatThrownBy(() -> FlagFileCheck.run(with(wrong)))
        .hasMessageContaining("it has no setting percentag");
    assertThatThrownBy(() -> FlagFileCheck.run(with(broken))).hasMessageContaining("is invalid");
  }

  private static MockEnvironment with(Path file) {
    return new MockEnvironment().withProperty("byo.email.flag-file", file.toString());
  }
}
