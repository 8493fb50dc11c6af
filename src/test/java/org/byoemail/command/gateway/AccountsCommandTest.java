package org.byoemail.command.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The command against a gateway over HTTP. */
class AccountsCommandTest extends WebTest {
  @LocalServerPort private int port;
  @TempDir private Path folder;

  private record Ended(int status, String out, String err) {}

  @Test
  void ofAThousandLinesTenFailAreNamedAndMakeTheStatus() throws Exception {
    String ours = fresh("ours");
    String key = key("operator", ours);
    String mark = fresh("cli");
    // More than a batch; each of the bad ones but one takes two lines, and that one cannot be sent.
    String lines =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(
                i ->
                    i == 503
                        ? "x".repeat(70_000)
                        : i % 100 == 3
                            ? "\"c%d-%s@example.test\",\"two\nlines\",localhost".formatted(i, mark)
                            : "c%d-%s@example.test,,localhost".formatted(i, mark))
            .collect(Collectors.joining("\n"));
    Path file =
        Files.writeString(
            folder.resolve("accounts.csv"), "address,displayName,smtp.host\n" + lines);

    Ended first = run(key, "import", "--agent", agent(ours), file.toString());
    Ended exported = run(key, "export", "--format=jsonl");

    assertThat(first.err()).isEmpty();
    assertThat(first.status()).isEqualTo(1);
    List<String> expected = new ArrayList<>();
    for (int bad = 0; bad < 10; bad++) {
      int i = bad * 100 + 3;
      int line = i + 1 + (bad > 5 ? bad - 1 : bad);
      expected.add(
          i == 503
              ? "line %d: line is longer than 65536 bytes".formatted(line)
              : "line %d: c%d-%s@example.test: displayName has a line break or another control character"
                  .formatted(line, i, mark));
    }
    expected.add("990 created, 0 updated, 0 unchanged, 10 failed");
    assertThat(first.out().lines()).containsExactlyElementsOf(expected);
    assertThat(exported.status()).isZero();
    assertThat(exported.out().lines()).hasSize(990);
  }

  @Test
  void exportIsImportedAgain() throws Exception {
    String ours = fresh("ours");
    String key = key("operator", ours);
    account(ours, fresh("ada") + "@example.test");
    String file = folder.resolve("accounts.csv").toString();

    Ended exported = run(key, "export", file);
    Ended imported = run(key, "import", "--on-conflict=update", file);

    assertThat(exported).isEqualTo(new Ended(0, "", ""));
    assertThat(Files.readString(Path.of(file))).doesNotContain("secret");
    assertThat(imported)
        .isEqualTo(
            new Ended(
                0, "0 created, 0 updated, 1 unchanged, 0 failed" + System.lineSeparator(), ""));
  }

  @Test
  void wrongKeyIsToldWithoutIt() {
    Ended ended = run("byo_not-a-key", "import", "-");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("the gateway refused: 401: the key is not known");
    assertThat(ended.out() + ended.err()).doesNotContain("byo_not-a-key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "remove",
        "import",
        "import a.csv b.csv",
        "import --key=byo_x a.csv",
        "import --organization=x a.csv",
        "import --on-conflict=replace a.csv",
        "import --url",
        "import --url=ftp://localhost a.csv",
        "import --url=http://user:password@localhost a.csv",
        "export --format=xml"
      })
  void wrongArgumentsAreExplained(String args) {
    Ended ended = run(ADMIN_KEY, args.isEmpty() ? new String[0] : args.split(" "));

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("usage: BYO_API_KEY=");
  }

  @Test
  void keyIsTakenFromTheEnvironmentAlone() {
    Ended ended = run("", "export");

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("set BYO_API_KEY to an API key");
  }

  @Test
  void gatewayThatIsAwayAndFileThatIsNotThereAreTold() {
    Ended away = run(ADMIN_KEY, "export", "--url=http://127.0.0.1:1");
    Ended missing = run(ADMIN_KEY, "import", folder.resolve("none.csv").toString());

    assertThat(away.status()).isEqualTo(1);
    assertThat(away.err()).contains("ConnectException");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("file not found", "none.csv");
  }

  private Ended run(String key, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    AccountsCommand command =
        new AccountsCommand(
            Map.of("BYO_API_KEY", key),
            new ByteArrayInputStream(
                "address\nada@example.test\n".getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    String[] all = new String[args.length + 1];
    all[0] = "accounts";
    System.arraycopy(args, 0, all, 1, args.length);
    boolean named = String.join(" ", args).contains("--url") || args.length == 0;
    if (!named) {
      all = java.util.Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = "--url=http://127.0.0.1:" + port + "/";
    }
    int status = command.run(all);
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
