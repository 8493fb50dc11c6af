package org.byoemail.outbound.submission.camel;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.springframework.stereotype.Component;

/** Commits the offset of a submission that was stored or rejected. */
@ConditionalOnBroker(BrokerKind.KAFKA)
@Component("acknowledgeSubmission")
class AcknowledgeSubmission implements Processor {

  @Override
  public void process(Exchange exchange) {
    exchange.getProperty(AcceptSubmission.ORIGINAL, KafkaSubmission.class).acknowledge();
  }
}
