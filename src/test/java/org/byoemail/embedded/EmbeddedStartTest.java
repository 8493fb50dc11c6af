package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.byoemail.ByoEmailApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.core.JmsTemplate;

/** The whole program on a bare machine. */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedStartTest {
  @TempDir static Path dir;

  @Test
  void everythingStartsWithoutAnySetting() {
    try (ConfigurableApplicationContext context = start(0)) {
      Environment settings = context.getEnvironment();
      context.getBean(StringRedisTemplate.class).opsForValue().set("one", "1");
      context.getBean(JmsTemplate.class).convertAndSend("email.outbound.rejected", "two");

      assertThat(
              context
                  .getBean(JdbcClient.class)
                  .sql("SELECT count(*) FROM flyway_schema_history WHERE success")
                  .query(Integer.class)
                  .single())
          .isPositive();
      assertThat(context.getBean(StringRedisTemplate.class).opsForValue().get("one"))
          .isEqualTo("1");
      assertThat(context.getBean(DemoProvider.class).users()).hasSize(2);
      assertThat(settings.getProperty("byo.api.admin-key")).isNotBlank();
      assertThat(settings.getProperty("byo.console.password")).isNotBlank();
      assertThat(settings.getProperty("byo.secret.keyset")).isNotBlank();
    }
    nothingRuns();
  }

  @Test
  void unusableFolderIsOneLineAndNoStackTrace(CapturedOutput output, @TempDir Path other)
      throws Exception {
    Files.writeString(other.resolve("VERSION"), "99\n");

    assertThatThrownBy(() -> start(other, 0)).hasStackTraceContaining("has layout 99");

    assertThat(output).contains("APPLICATION FAILED TO START", "has layout 99", "BYO_DATA_DIR");
    assertThat(output).doesNotContain("\tat org.byoemail");
  }

  @Test
  void takenBrokerPortIsOneLineAndNoStackTrace(CapturedOutput output) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(taken.getLocalPort()))
          .hasRootCauseMessage("Address already in use");
    }

    assertThat(output).contains("APPLICATION FAILED TO START", "byo.broker.amqp-port");
    assertThat(output).doesNotContain("\tat org.byoemail");
    nothingRuns();
  }

  /** A server's children may end a moment after it. */
  private static void nothingRuns() {
    OwnProcesses processes = new OwnProcesses(DataFolder.at(dir));
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(processes.running("")).isEmpty());
  }

  private ConfigurableApplicationContext start(int amqpPort) {
    return start(dir, amqpPort);
  }

  private static ConfigurableApplicationContext start(Path dir, int amqpPort) {
    return new SpringApplicationBuilder(ByoEmailApplication.class)
        .initializers(
            context -> context.getBeanFactory().registerSingleton("programOnly", new ProgramOnly()))
        .run(
            "--byo.data-dir=" + dir,
            "--server.port=0",
            "--byo.broker.amqp-port=" + amqpPort,
            "--byo.broker.stomp-port=0");
  }

  /** Leaves out what other tests have put beside the program. */
  private static final class ProgramOnly extends TypeExcludeFilter {

    @Override
    public boolean match(MetadataReader type, MetadataReaderFactory factory) throws IOException {
      return type.getResource().getURL().getPath().contains("/test-classes/");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ProgramOnly;
    }

    @Override
    public int hashCode() {
      return ProgramOnly.class.hashCode();
    }
  }
}
