package org.byoemail.outbound.submission.camel;

import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsMessage;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.springframework.stereotype.Component;

/** Submissions from Artemis. */
@ConditionalOnBroker(BrokerKind.ARTEMIS)
@Component
class JmsSubmissions implements SubmissionMessages {
  private final ProducerSettings producers;

  JmsSubmissions(ProducerSettings producers) {
    this.producers = producers;
  }

  @Override
  public OriginalSubmission of(Exchange exchange) {
    return new JmsSubmission(
        exchange.getMessage(JmsMessage.class).getJmsMessage(), producers.namesAmqpUsers());
  }
}
