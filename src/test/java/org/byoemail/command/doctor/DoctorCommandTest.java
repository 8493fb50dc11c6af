package org.byoemail.command.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.support.RedisProcess;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir static Path dir;
  private static final Map<String, String> DATABASE = new HashMap<>();
  private static RedisProcess redis;
  private static ScriptedSmtpServer mailServer;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Clock clock = Clock.systemUTC();

  @BeforeAll
  static void start() {
    TestDatabase.registerEmpty(
        (name, value) -> DATABASE.put(name, String.valueOf(value.get())), "doctor");
    redis = new RedisProcess(dir);
    redis.start();
    mailServer = new ScriptedSmtpServer();
  }

  @AfterAll
  static void stop() {
    mailServer.close();
    redis.close();
  }

  @Test
  void soundInstallationHasALineForEachCheck() {
    int status = run();

    assertThat(status).isZero();
    assertThat(lines())
        .anySatisfy(line -> assertThat(line).startsWith("ok").contains("database", "PostgreSQL"))
        .anySatisfy(line -> assertThat(line).startsWith("ok").contains("migrations", "none yet"))
        .anySatisfy(line -> assertThat(line).startsWith("ok").contains("clock"))
        .anySatisfy(line -> assertThat(line).startsWith("ok").contains("redis", "Redis 7"))
        .anySatisfy(line -> assertThat(line).startsWith("skipped").contains("broker", "embedded"))
        .anySatisfy(line -> assertThat(line).startsWith("ok").contains("contents", "folder"))
        .anySatisfy(line -> assertThat(line).startsWith("ok").contains("mail server"));
  }

  @Test
  void refusedLoginNamesTheSettingAndNeverThePassword() {
    String url = DATABASE.get("spring.datasource.url").replaceAll("\\?.*", "");

    int status =
        run(
            "--spring.datasource.url=" + url,
            "--spring.datasource.username=nobody",
            "--spring.datasource.password=horse-staple");

    assertThat(status).isOne();
    assertThat(text())
        .contains("PostgreSQL refuses the login")
        .contains("-> Correct spring.datasource.username and spring.datasource.password.")
        .doesNotContain("horse-staple");
  }

  @Test
  void servicesThatDoNotAnswerAreNamed() {
    int status =
        run(
            "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
            "--spring.data.redis.url=redis://127.0.0.1:1",
            "--spring.artemis.broker-url=tcp://127.0.0.1:1");

    assertThat(status).isOne();
    assertThat(text())
        .contains("PostgreSQL does not answer")
        .contains("or correct spring.data.redis.url")
        .contains("Start it, or correct spring.artemis.broker-url.");
  }

  @Test
  void differenceOfClocksIsAWarning() {
    clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(5));

    assertThat(run()).isZero();
    assertThat(text()).containsPattern("warning +clock +(299|300)\\d{3} ms from PostgreSQL's");
  }

  @Test
  void jsonHasAnObjectForEachCheck() {
    run("--json");

    assertThat(lines())
        .allSatisfy(line -> assertThat(line).startsWith("{\"check\":").endsWith("}"))
        .anySatisfy(line -> assertThat(line).contains("\"check\":\"redis\",\"outcome\":\"ok\""));
  }

  @Test
  void settingThatCannotBeUsedIsTheOnlyResult() {
    assertThat(run("--spring.data.redis.url=")).isOne();

    assertThat(text()).contains("failed").contains("no Redis is set");
  }

  @Test
  void unknownArgumentIsRefusedWithTheUsage() {
    assertThat(run("--mail-server=nowhere")).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .contains("a mail server is host:port, not nowhere")
        .contains("Usage:");
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("doctor"));
    all.add("--mail-server=127.0.0.1:" + mailServer.port());
    all.add("--server.port=0");
    all.add("--byo.data-dir=" + dir.resolve("data"));
    Map<String, String> settings = new HashMap<>(DATABASE);
    settings.put("spring.data.redis.url", redis.url());
    settings.forEach(
        (name, value) -> {
          if (List.of(arguments).stream().noneMatch(a -> a.startsWith("--" + name + "="))) {
            all.add("--" + name + "=" + value);
          }
        });
    all.addAll(List.of(arguments));
    return new DoctorCommand(stream(out), stream(err), clock).run(all.toArray(String[]::new));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, UTF_8);
  }

  private String text() {
    return out.toString(UTF_8);
  }

  private List<String> lines() {
    return text().lines().toList();
  }
}
