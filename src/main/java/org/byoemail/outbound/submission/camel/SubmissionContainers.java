package org.byoemail.outbound.submission.camel;

import org.aopalliance.aop.Advice;
import org.apache.camel.component.springrabbit.DefaultListenerContainerFactory;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.stereotype.Component;

/**
 * Makes the consumers of RabbitMQ's queues. Whatever fails is requeued: by default, Camel gives a
 * message up after some attempts, and Spring drops one after an exception that it takes for fatal.
 * They also wait for a broker, queue or right that is missing, instead of stopping. Camel's
 * component picks the factory up as the only bean of its type.
 */
@ConditionalOnBroker(BrokerKind.RABBITMQ)
@Component
class SubmissionContainers extends DefaultListenerContainerFactory {
  @Override
  public AbstractMessageListenerContainer createListenerContainer(SpringRabbitMQEndpoint endpoint) {
    AbstractMessageListenerContainer container = super.createListenerContainer(endpoint);
    container.setAdviceChain(new Advice[0]);
    container.setDefaultRequeueRejected(true);
    container.setErrorHandler(SubmissionContainers::requeue);
    container.setMissingQueuesFatal(false);
    container.setPossibleAuthenticationFailureFatal(false);
    return container;
  }

  // Camel has logged it.
  private static void requeue(Throwable failure) {
    throw failure instanceof RuntimeException known ? known : new AmqpException(failure);
  }
}
