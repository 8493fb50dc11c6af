package org.byoemail.platform.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.byoemail.platform.trace.TraceParent;
import org.springframework.stereotype.Component;

/** Writes events as {@code schema/event.schema.json} describes them. */
@Component("eventJson")
public class EventJson {
  private final ObjectMapper json;

  EventJson(ObjectMapper json) {
    this.json = json;
  }

  /** An event as JSON. */
  public String write(Event event) {
    try {
      return json.writeValueAsString(node(event));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.id() + " cannot be written as JSON", e);
    }
  }

  /** An event as a JSON object, which the caller may change. */
  public ObjectNode node(Event event) {
    ObjectNode node =
        json.createObjectNode()
            .put("id", event.id().toString())
            .put("position", event.position())
            .put("type", event.type())
            .put("organization", event.organization().value())
            .put("sequence", event.sequence())
            .put("createdAt", event.createdAt().toString());
    if (event.messageId() != null) {
      node.put("messageId", event.messageId().toString());
    }
    if (event.accountId() != null) {
      node.put("accountId", event.accountId().toString());
    }
    if (event.traceparent() != null) {
      node.put(TraceParent.NAME, event.traceparent());
    }
    node.set("data", event.data());
    return node;
  }
}
