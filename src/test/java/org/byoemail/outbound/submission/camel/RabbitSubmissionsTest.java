package org.byoemail.outbound.submission.camel;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
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
}
