package org.byoemail.platform.event.camel;

import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventJson;
import org.byoemail.platform.trace.TraceParent;
import org.byoemail.platform.trace.Traces;
import org.springframework.stereotype.Component;

/**
 * Makes the JMS message of an event: JSON, with properties for selectors. It has no connect link
 * unless the settings say so: users of the broker hand in mail, which gives no right to connect
 * accounts.
 */
@Component("eventMessage")
class EventMessage implements Processor {
  private final EventJson json;
  private final EventMessageSettings settings;
  private final Traces traces;

  EventMessage(EventJson json, EventMessageSettings settings, Traces traces) {
    this.json = json;
    this.settings = settings;
    this.traces = traces;
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
    TraceParent recorded = TraceParent.parse(event.traceparent());
    if (recorded != null) {
      message.setHeader(TraceParent.NAME, traces.handOver("email.event.publish", recorded).text());
    }
    message.setBody(json.write(settings.connectLinks() ? event : event.withoutConnectLink()));
  }
}
