package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSecretsTest {
  @TempDir Path dir;

  @Test
  void secretStaysTheSameAndIsClosedToOthers() throws Exception {
    String made = new LocalSecrets(dir).password("one");

    String kept = new LocalSecrets(dir).password("one");

    assertThat(kept).isEqualTo(made).hasSizeGreaterThanOrEqualTo(24);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("one"))))
        .isEqualTo("rw-------");
  }

  @Test
  void keyHas32Bytes() {
    assertThat(Base64.getDecoder().decode(new LocalSecrets(dir).key("keyset"))).hasSize(32);
  }

  @Test
  void everybodyWhoAsksAtOnceGetsTheSameSecret() {
    Set<String> answers =
        IntStream.range(0, 50)
            .parallel()
            .mapToObj(i -> new LocalSecrets(dir).password("shared"))
            .collect(Collectors.toSet());

    assertThat(answers).hasSize(1);
  }

  @Test
  void emptySecretIsNotReplaced() throws Exception {
    Files.createFile(dir.resolve("one"));

    assertThatThrownBy(() -> new LocalSecrets(dir).password("one"))
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessageContaining("it is empty");
  }
}
