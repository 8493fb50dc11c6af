package org.byoemail.outbound.submission.camel;

import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.converter.MessageConversionException;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.stereotype.Component;

/**
 * Hands RabbitMQ's messages to the route as they are. Others would decode text, or deserialise
 * objects, by what a producer calls the content.
 */
@ConditionalOnBroker(BrokerKind.RABBITMQ)
@Component("undecodedMessages")
class UndecodedMessages implements MessageConverter {

  @Override
  public Object fromMessage(Message message) {
    return message;
  }

  @Override
  public Message toMessage(Object body, MessageProperties properties) {
    throw new MessageConversionException("messages are received only");
  }
}
