package org.byoemail.platform.event.camel;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Body;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.byoemail.platform.event.Event;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Sends events to RabbitMQ by one channel, which keeps their order, and waits until RabbitMQ has
 * confirmed all of them. Their routing key is the organisation.
 */
@ConditionalOnBroker(BrokerKind.RABBITMQ)
@Component("rabbitEvents")
public class RabbitEvents {
  private final RabbitTemplate template;
  private final EventMessage messages;
  private final String exchange;
  private final Duration confirmTimeout;

  RabbitEvents(ConnectionFactory connections, EventMessage messages, Environment environment) {
    this.template = new RabbitTemplate(connections);
    this.messages = messages;
    this.exchange = environment.getRequiredProperty("byo.event.topic");
    this.confirmTimeout =
        environment.getRequiredProperty("byo.broker.confirm-timeout", Duration.class);
  }

  /**
   * Sends them.
   *
   * @throws org.springframework.amqp.AmqpException if RabbitMQ did not confirm all of them
   */
  public void publish(@Body List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    template.invoke(
        channel -> {
          for (Event event : events) {
            channel.send(exchange, event.organization().value(), message(event));
          }
          channel.waitForConfirmsOrDie(confirmTimeout.toMillis());
          return null;
        });
  }

  private Message message(Event event) {
    MessageProperties properties = new MessageProperties();
    properties.setContentType(MessageProperties.CONTENT_TYPE_JSON);
    properties.setContentEncoding(StandardCharsets.UTF_8.name());
    properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
    properties.setMessageId(event.id().toString());
    messages.properties(event).forEach(properties::setHeader);
    return new Message(messages.text(event).getBytes(StandardCharsets.UTF_8), properties);
  }
}
