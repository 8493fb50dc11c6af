package org.byoemail.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventJson;
import org.springframework.stereotype.Component;

/**
 * The body of a delivery: the event as {@code event.schema.json} describes it, with {@code
 * timestamp}, and less than 20 KB. If the event's data is longer, {@code data} has only its short
 * fields, and {@code more} is the URL of the whole event.
 */
@Component
class WebhookPayload {
  /** The maximum size of the body. */
  static final int MAX_BYTES = 20_000;

  /** Longer fields are left out of shortened data. */
  private static final int MAX_FIELD = 200;

  private static final int MAX_FIELDS = 40;

  private final EventJson events;
  private final PublicUrl publicUrl;
  private final ObjectMapper json;

  WebhookPayload(EventJson events, PublicUrl publicUrl, ObjectMapper json) {
    this.events = events;
    this.publicUrl = publicUrl;
    this.json = json;
  }

  /**
   * The body for an event; the same for each attempt.
   *
   * @param connectLinks whether it may have a connect link
   */
  byte[] of(Event event, boolean connectLinks) {
    return of(connectLinks ? event : event.withoutConnectLink());
  }

  private byte[] of(Event event) {
    try {
      byte[] whole = write(events.node(event), event);
      return whole.length < MAX_BYTES ? whole : write(cut(event), event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.id() + " cannot be written as JSON", e);
    }
  }

  private byte[] write(ObjectNode node, Event event) throws JsonProcessingException {
    node.put("timestamp", event.createdAt().toString());
    return json.writeValueAsBytes(node);
  }

  private ObjectNode cut(Event event) {
    ObjectNode data = json.createObjectNode();
    if (event.submissionId() != null) {
      data.put("submissionId", event.submissionId());
    }
    for (var field : event.data().properties()) {
      JsonNode value = field.getValue();
      if (data.size() < MAX_FIELDS
          && value.isValueNode()
          && field.getKey().length() + value.asText().length() <= MAX_FIELD) {
        data.set(field.getKey(), value);
      }
    }
    ObjectNode node = events.node(event);
    node.set("data", data);
    String path = "/api/v1/events/" + event.id();
    return node.put("more", publicUrl.of(path).orElse(path));
  }
}
