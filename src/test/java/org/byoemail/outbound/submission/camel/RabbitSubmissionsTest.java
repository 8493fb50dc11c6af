package org.byoemail.outbound.submission.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.mock.env.MockEnvironment;

class RabbitSubmissionsTest {
  private final RabbitSubmissions submissions =
      new RabbitSubmissions(
          new MockEnvironment().withProperty("byo.outbound.queue", "email.outbound"));

  /** It goes back to the head: with too few others accepted, it would never be given up. */
  @Test
  void failingOneHoldsUpOthers() throws Exception {
    MessageProperties properties = new MessageProperties();
    properties.setConsumerQueue("email.outbound.shop");
    properties.setRedelivered(true);
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setBody(new Message("{}".getBytes(), properties));

    OriginalSubmission submission = submissions.of(exchange);

    assertThat(submission.deliveredBefore()).isTrue();
    assertThat(submission.holdsUpOthers()).isTrue();
    assertThat(submission.user()).isEqualTo("shop");
  }

  @Test
  void traceOfTheProducerIsRead() throws Exception {
    String given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    assertThat(trace(given)).hasToString(given);
    assertThat(trace("00-4bf9")).isNull();
    assertThat(trace("01" + given.substring(2) + "-" + "a".repeat(1_000))).isNull();
    assertThat(trace(null)).isNull();
  }

  private @Nullable TraceParent trace(@Nullable String traceparent) throws Exception {
    MessageProperties properties = new MessageProperties();
    properties.setConsumerQueue("email.outbound");
    properties.setHeader("traceparent", traceparent);
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setBody(new Message("{}".getBytes(StandardCharsets.UTF_8), properties));
    return submissions.of(exchange).trace();
  }
}
