package org.byoemail.inbound.ingest.camel;

import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.TransactedPolicy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the rest of a route in one database transaction, which is rolled back where it fails. The
 * failure then belongs to the caller of the route: Camel's own transaction policy comes with an
 * error handler that marks it as dealt with, so that the caller's {@code onException} is passed by.
 */
@Component("inboundTransaction")
class InboundTransaction implements TransactedPolicy {
  private final TransactionTemplate transaction;

  InboundTransaction(PlatformTransactionManager transactionManager) {
    this.transaction = new TransactionTemplate(transactionManager);
  }

  @Override
  public void beforeWrap(Route route, NamedNode definition) {
    // Nothing about the route itself is changed.
  }

  @Override
  public Processor wrap(Route route, Processor rest) {
    return exchange -> {
      // Keeps every step on this thread, which the transaction is bound to.
      exchange.getUnitOfWork().beginTransactedBy(this);
      try {
        transaction.executeWithoutResult(
            status -> {
              run(rest, exchange);
              if (exchange.getException() != null) {
                status.setRollbackOnly();
              }
            });
      } finally {
        exchange.getUnitOfWork().endTransactedBy(this);
      }
      if (exchange.getException() != null) {
        exchange.getExchangeExtension().setRedeliveryExhausted(false);
      }
    };
  }

  private static void run(Processor rest, Exchange exchange) {
    try {
      rest.process(exchange);
    } catch (Exception e) {
      exchange.setException(e);
    }
  }
}
