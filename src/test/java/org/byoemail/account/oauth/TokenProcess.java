package org.byoemail.account.oauth;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.support.TokenServer;
import org.springframework.core.env.Environment;

/** A {@link TokenNode} over the database of a test. Used by one thread at a time. */
final class TokenProcess implements AutoCloseable {
  private static final int PATIENCE = 60;

  private final Path log;
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter requests;

  private TokenProcess(Path log, Process process) {
    this.log = log;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.requests = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  /** Starts one, whose output but for its answers goes to a file of that name. */
  static TokenProcess start(Path log, Environment test) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                TokenNode.class.getName(),
                "--spring.flyway.enabled=false"));
    for (String name :
        List.of(
            "spring.datasource.url",
            "spring.datasource.username",
            "spring.datasource.password",
            "spring.data.redis.url",
            "byo.secret.keyset",
            "byo.connection.allowed-networks")) {
      words.add("--" + name + "=" + test.getRequiredProperty(name));
    }
    TokenServer.shared().settings().forEach((name, value) -> words.add("--" + name + "=" + value));
    return new TokenProcess(log, new ProcessBuilder(words).redirectError(log.toFile()).start());
  }

  void awaitReady() throws IOException {
    String answer = answer();
    if (!answer.equals("ready")) {
      throw new IllegalStateException(answer + "; " + Files.readString(log));
    }
  }

  /** Has so many of its threads ask for the account's token at once, at the time of that clock. */
  void ask(Clock clock, Account account, int times) {
    requests.println(clock.instant() + " " + account.id() + " " + times);
  }

  /** The different tokens that they got. */
  Set<String> tokens() {
    return Set.of(answer().split(" "));
  }

  private String answer() {
    try {
      return CompletableFuture.supplyAsync(
              () -> {
                try {
                  return String.valueOf(answers.readLine());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .get(PATIENCE, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("no answer of the process " + process.pid(), e);
    }
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor(PATIENCE, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
