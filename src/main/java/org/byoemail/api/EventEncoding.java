package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventJson;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Events as the API writes them: as {@code event.schema.json} describes them, or as CloudEvents 1.0
 * in JSON (structured mode, and the batch format for lists).
 */
@Component
class EventEncoding {
  static final String CLOUD_EVENT = "application/cloudevents+json";
  static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

  private final EventJson events;
  private final PublicUrl publicUrl;
  private final ObjectMapper json;

  EventEncoding(EventJson events, PublicUrl publicUrl, ObjectMapper json) {
    this.events = events;
    this.publicUrl = publicUrl;
    this.json = json;
  }

  /** Whether the Accept header asks for CloudEvents. */
  static boolean wantsCloudEvents(@Nullable String accept) {
    return accept != null && accept.contains("application/cloudevents");
  }

  /** Removes what the caller must not see: connect links, unless it may create them. */
  static List<Event> readable(Caller caller, List<Event> events) {
    return caller.may(Permission.ACCOUNTS_CONNECT)
        ? events
        : events.stream().map(Event::withoutConnectLink).toList();
  }

  /** One event. */
  ObjectNode node(Event event, boolean cloud) {
    return cloud ? cloudEvent(event) : events.node(event);
  }

  private ObjectNode cloudEvent(Event event) {
    ObjectNode node =
        json.createObjectNode()
            .put("specversion", "1.0")
            .put("id", event.id().toString())
            .put("source", publicUrl.of("/api/v1").orElse("/api/v1"))
            .put("type", "org.byoemail." + event.type())
            .put("time", event.createdAt().toString())
            .put("datacontenttype", "application/json")
            .put("organization", event.organization().value())
            .put("position", String.valueOf(event.position()))
            .put("sequence", String.valueOf(event.sequence()));
    if (event.messageId() != null) {
      node.put("subject", "messages/" + event.messageId());
      node.put("messageid", event.messageId().toString());
    } else if (event.accountId() != null) {
      node.put("subject", "accounts/" + event.accountId());
    }
    if (event.submissionId() != null) {
      node.put("submissionid", event.submissionId());
    }
    if (event.accountId() != null) {
      node.put("accountid", event.accountId().toString());
    }
    if (event.traceparent() != null) {
      // The extension "Distributed Tracing" of CloudEvents.
      node.put("traceparent", event.traceparent());
    }
    node.set("data", event.data());
    return node;
  }

  /**
   * A page: with {@code next}, or as a batch of CloudEvents.
   *
   * @param requested the position that the client gave
   * @param examined the position up to which events were examined
   */
  byte[] page(List<Event> found, long requested, long examined, boolean cloud) {
    ArrayNode items = json.createArrayNode();
    found.forEach(event -> items.add(node(event, cloud)));
    if (cloud) {
      return bytes(items);
    }
    ObjectNode page = json.createObjectNode();
    page.set("items", items);
    page.put("next", next(found, requested, examined));
    return bytes(page);
  }

  /** With events, the position of the last one: later ones that were examined may be left out. */
  private static @Nullable String next(List<Event> found, long requested, long examined) {
    if (!found.isEmpty()) {
      return String.valueOf(found.get(found.size() - 1).position());
    }
    return examined > requested ? String.valueOf(examined) : null;
  }

  /** Events of a stream (WHATWG HTML, server-sent events). */
  byte[] stream(List<Event> found, boolean cloud) {
    StringBuilder text = new StringBuilder();
    for (Event event : found) {
      text.append("id: ")
          .append(event.position())
          .append("\nevent: ")
          .append(event.type())
          .append("\ndata: ")
          .append(new String(bytes(node(event, cloud)), StandardCharsets.UTF_8))
          .append("\n\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private byte[] bytes(Object node) {
    try {
      return json.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("events cannot be written as JSON", e);
    }
  }
}
