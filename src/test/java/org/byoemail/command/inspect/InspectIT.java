package org.byoemail.command.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.byoemail.support.LargeMail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as its users run it, from the jar. */
class InspectIT {
  private static final Path SAMPLES = Path.of("src/test/resources/bounce");

  @TempDir Path folder;

  private record Ended(int status, List<String> out, String err) {}

  private Ended inspect(String heap, String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-jar",
                "target/byo-email.jar",
                "inspect"));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(input().toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readAllLines(out), Files.readString(err));
  }

  private Path input() throws IOException {
    return Files.writeString(folder.resolve("in"), "From: a@example.net\nSubject: in\n\nä\n");
  }

  @Test
  void samplesAreSeenWithoutSpringOrServer() throws Exception {
    Ended ended = inspect("-Xmx128m", "--jobs", "2", SAMPLES.toString(), "-");

    assertThat(ended.status()).isZero();
    assertThat(ended.err()).isEmpty();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : ended.out()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines).hasSizeGreaterThan(80);
    assertThat(lines)
        .filteredOn(line -> line.path("file").asText().endsWith("rfc3464/delay.eml"))
        .singleElement()
        .satisfies(line -> assertThat(line.path("kind").asText()).isEqualTo("delayed"));
    assertThat(lines.get(lines.size() - 1).path("mail").path("text").asText().strip())
        .isEqualTo("ä");
  }

  @Test
  void whatIsMissingMakesALineAndAStatus() throws Exception {
    Ended ended = inspect("-Xmx128m", "missing.eml");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out())
        .containsExactly(
            "{\"file\":\"missing.eml\",\"kind\":\"error\",\"error\":\"no such file\"}");
  }

  @Test
  void wrongArgumentsGiveTheUsage() throws Exception {
    Ended ended = inspect("-Xmx128m");

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("usage: java -jar byo-email.jar inspect");
  }

  @Test
  void largeMailNeedsLittleBeyondItself() throws Exception {
    Path mail = Files.write(folder.resolve("large.eml"), LargeMail.of(25 << 20));

    Ended ended = inspect("-Xmx75m", mail.toString());

    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    assertThat(new ObjectMapper().readTree(ended.out().get(0)).path("mail").path("text").asText())
        .isEqualTo("Hello");
  }
}
