package org.byoemail.platform.event.camel;

import jakarta.jms.ConnectionFactory;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.springframework.jms.connection.JmsTransactionManager;
import org.springframework.stereotype.Component;

/**
 * A JMS transaction around the steps of a route: their messages arrive together, with one write to
 * the broker's journal, and before the surrounding database transaction commits.
 *
 * <p>Neither a transaction manager bean nor a transacted policy: {@code @Transactional} and {@code
 * transacted} must find the database's only.
 */
@ConditionalOnBroker(BrokerKind.ARTEMIS)
@Component("brokerTransaction")
class BrokerTransaction implements Policy {
  private final SpringTransactionPolicy policy;

  BrokerTransaction(ConnectionFactory connections) {
    this.policy = new SpringTransactionPolicy(new JmsTransactionManager(connections));
  }

  @Override
  public void beforeWrap(Route route, NamedNode definition) {
    policy.beforeWrap(route, definition);
  }

  @Override
  public Processor wrap(Route route, Processor processor) {
    return policy.wrap(route, processor);
  }
}
