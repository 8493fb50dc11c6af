package org.byoemail.outbound.submission.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class KafkaSubmissionsTest {
  private final KafkaSubmissions submissions =
      new KafkaSubmissions(
          new MockEnvironment().withProperty("byo.outbound.queue", "email.outbound"));
  private int commits;

  @Test
  void recordThatDoesNotFollowTheLastOneMayHaveBeenDeliveredBefore() {
    assertThat(submissions.of(record("email.outbound", 7)).deliveredBefore()).isTrue();
    assertThat(submissions.of(record("email.outbound", 8)).deliveredBefore()).isFalse();
    assertThat(submissions.of(record("email.outbound", 8)).deliveredBefore()).isTrue();
    assertThat(submissions.of(record("email.outbound", 9)).deliveredBefore()).isFalse();
    assertThat(submissions.of(record("email.outbound.shop", 9)).deliveredBefore()).isTrue();
  }

  @Test
  void nameOfTheProducerIsThatOfTheTopic() throws Exception {
    assertThat(submissions.of(record("email.outbound.shop", 1)).user()).isEqualTo("shop");
    assertThat(submissions.of(record("email.outbound", 1)).user()).isNull();
    assertThat(submissions.of(record("email.outbound.shop", 1)).brokersId())
        .isEqualTo("email.outbound.shop-0-1");
  }

  @Test
  void offsetIsCommittedOnceTheSubmissionIsAcknowledged() {
    Exchange exchange = record("email.outbound", 1);
    exchange.setProperty(AcceptSubmission.ORIGINAL, submissions.of(exchange));
    assertThat(commits).isZero();

    new AcknowledgeSubmission().process(exchange);

    assertThat(commits).isEqualTo(1);
  }

  @Test
  void traceOfTheProducerIsRead() throws Exception {
    String given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    assertThat(trace(given)).hasToString(given);
    assertThat(trace("00-4bf9")).isNull();
    assertThat(trace("01" + given.substring(2) + "-" + "a".repeat(1_000))).isNull();
    assertThat(submissions.of(record("email.outbound", 1)).trace()).isNull();
  }

  private @Nullable TraceParent trace(String traceparent) throws Exception {
    Exchange exchange = record("email.outbound", 1);
    exchange
        .getMessage()
        .setHeader(
            KafkaConstants.HEADERS,
            new RecordHeaders()
                .add("traceparent", traceparent.getBytes(StandardCharsets.US_ASCII)));
    return submissions.of(exchange).trace();
  }

  private Exchange record(String topic, long offset) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setBody("{}".getBytes());
    exchange.getMessage().setHeader(KafkaConstants.TOPIC, topic);
    exchange.getMessage().setHeader(KafkaConstants.PARTITION, 0);
    exchange.getMessage().setHeader(KafkaConstants.OFFSET, offset);
    exchange
        .getMessage()
        .setHeader(KafkaConstants.MANUAL_COMMIT, (KafkaManualCommit) () -> commits++);
    return exchange;
  }
}
