package org.byoemail.platform.event.camel;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventJson;
import org.byoemail.platform.trace.TraceParent;
import org.byoemail.platform.trace.TracePropagation;
import org.springframework.stereotype.Component;

/**
 * Makes the broker's message of an event: JSON, with properties for selectors. It has no connect
 * link unless the settings say so: users of the broker hand in mail, which gives no right to
 * connect accounts.
 */
@Component("eventMessage")
class EventMessage implements Processor {
  private final EventJson json;
  private final EventMessageSettings settings;
  private final TracePropagation traces;

  EventMessage(EventJson json, EventMessageSettings settings, TracePropagation traces) {
    this.json = json;
    this.settings = settings;
    this.traces = traces;
  }

  @Override
  public void process(Exchange exchange) throws InvalidPayloadException {
    Message message = exchange.getMessage();
    Event event = message.getMandatoryBody(Event.class);
    properties(event).forEach(message::setHeader);
    message.setBody(text(event));
  }

  /** What consumers select by, under the same names with each broker. */
  Map<String, String> properties(Event event) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("organization", event.organization().value());
    properties.put("type", event.type());
    if (event.submissionId() != null) {
      properties.put("submissionId", event.submissionId());
    }
    TraceParent recorded = TraceParent.parse(event.traceparent());
    if (recorded != null) {
      properties.put(TraceParent.NAME, traces.handOver("email.event.publish", recorded).text());
    }
    return properties;
  }

  /** Its JSON. */
  String text(Event event) {
    return json.write(settings.connectLinks() ? event : event.withoutConnectLink());
  }
}
