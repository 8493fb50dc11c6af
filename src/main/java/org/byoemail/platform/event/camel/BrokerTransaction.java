package org.byoemail.platform.event.camel;

import jakarta.jms.ConnectionFactory;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.jms.connection.JmsTransactionManager;
import org.springframework.stereotype.Component;

/**
 * A transaction at the broker around the steps of a route: what they send is there all at once,
 * with one write to the broker's disk, and before a transaction of the database around it commits.
 *
 * <p>No transaction manager as a bean, and no transacted policy: the database's shall be the only
 * one that {@code @Transactional} and {@code transacted} find.
 */
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
