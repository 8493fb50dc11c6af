package org.byoemail.inbound.ingest.camel;

import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RuntimeCamelException;
import org.byoemail.inbound.ingest.QuarantineRoute;
import org.byoemail.inbound.mailbox.IncomingBatch;
import org.springframework.stereotype.Component;

/** Sends a mail into the route {@code inbound-retry}. */
@Component
class RetryRoute implements QuarantineRoute {
  private static final String ROUTE = "direct:inbound-retry";

  private final ProducerTemplate template;

  RetryRoute(ProducerTemplate template) {
    this.template = template;
  }

  @Override
  public void take(IncomingBatch mail) {
    Exchange exchange = template.send(ROUTE, one -> one.getIn().setBody(mail));
    if (exchange.getException() != null) {
      throw RuntimeCamelException.wrapRuntimeException(exchange.getException());
    }
  }
}
