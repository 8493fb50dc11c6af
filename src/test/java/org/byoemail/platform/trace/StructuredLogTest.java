package org.byoemail.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

/** What {@code logging.structured.format.console} makes of a line. */
class StructuredLogTest {
  private static final TraceParent TRACE =
      new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);

  @ParameterizedTest
  @ValueSource(strings = {"ecs", "logstash"})
  void lineIsJsonAndNamesTraceMessageAccountAndAttempt(String format) throws IOException {
    UUID message = UUID.randomUUID();
    UUID account = UUID.randomUUID();
    UUID attempt = UUID.randomUUID();

    JsonNode line;
    try (LogContext ids = LogContext.of(message, account, attempt, TRACE)) {
      line = new ObjectMapper().readTree(encoded(format, "two\nlines"));
    }

    assertThat(line.path("message").asText()).isEqualTo("two\nlines");
    assertThat(line.path("messageId").asText()).isEqualTo(message.toString());
    assertThat(line.path("accountId").asText()).isEqualTo(account.toString());
    assertThat(line.path("attemptId").asText()).isEqualTo(attempt.toString());
    assertThat(line.path("traceId").asText()).isEqualTo(TRACE.traceId());
    assertThat(line.path("spanId").asText()).isEqualTo(TRACE.spanId());
  }

  private static byte[] encoded(String format, String text) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    LoggerContext own = new LoggerContext();
    own.setMDCAdapter(context.getMDCAdapter());
    own.putObject(Environment.class.getName(), new MockEnvironment());
    StructuredLogEncoder encoder = new StructuredLogEncoder();
    encoder.setContext(own);
    encoder.setFormat(format);
    encoder.start();
    Logger logger = own.getLogger("test");
    return encoder.encode(
        new LoggingEvent(StructuredLogTest.class.getName(), logger, Level.INFO, text, null, null));
  }
}
