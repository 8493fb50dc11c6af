package org.byoemail.outbound.submission.camel;

import org.apache.camel.Exchange;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Submissions from RabbitMQ. It has no name for a message that stays the same when it is delivered
 * again: the gateway uses the queue and a digest of the body, and a submission needs an id.
 */
@ConditionalOnBroker(BrokerKind.RABBITMQ)
@Component
class RabbitSubmissions implements SubmissionMessages {
  private final String queue;

  RabbitSubmissions(Environment environment) {
    this.queue = environment.getRequiredProperty("byo.outbound.queue");
  }

  @Override
  public OriginalSubmission of(Exchange exchange) {
    Message message = exchange.getMessage().getBody(Message.class);
    MessageProperties properties = message.getMessageProperties();
    String source = properties.getConsumerQueue();
    return new BytesSubmission(
        message.getBody(), source, queue, Boolean.TRUE.equals(properties.getRedelivered())) {
      @Override
      String ownId() {
        throw rejected(
            "id", "is required by RabbitMQ, whose messages have no lasting id of their own");
      }

      @Override
      public @Nullable TraceParent trace() {
        return TraceParent.parse(properties.getHeaders().get(TraceParent.NAME));
      }

      @Override
      public String brokersId() {
        return source + "-" + digest();
      }
    };
  }
}
