package org.byoemail.outbound.submission.camel;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.springframework.stereotype.Component;

/** Keeps the headers of Kafka's records out of routes: a producer could name another offset. */
@ConditionalOnBroker(BrokerKind.KAFKA)
@Component("noRecordHeaders")
class NoRecordHeaders implements HeaderFilterStrategy {

  @Override
  public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
    return true;
  }

  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return true;
  }
}
