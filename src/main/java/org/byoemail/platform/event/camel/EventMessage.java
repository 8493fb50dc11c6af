package org.byoemail.platform.event.camel;

import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventJson;
import org.springframework.stereotype.Component;

/** Makes the JMS message of an event: JSON, with properties for selectors. */
@Component("eventMessage")
class EventMessage implements Processor {
  private final EventJson json;

  EventMessage(EventJson json) {
    this.json = json;
  }

  @Override
  public void process(Exchange exchange) throws InvalidPayloadException {
    Message message = exchange.getMessage();
    Event event = message.getMandatoryBody(Event.class);
    message.setHeader("organization", event.organization());
    message.setHeader("type", event.type());
    if (event.submissionId() != null) {
      message.setHeader("submissionId", event.submissionId());
    }
    message.setBody(json.write(event));
  }
}
