package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;

/** Responses of JSON-RPC 2.0, and the results of tool calls in them. */
final class JsonRpc {
  static final int PARSE_ERROR = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String CALL = JsonRpc.class.getName() + ".call";
  private static final int MAX_DETAIL = 2_000;

  private JsonRpc() {}

  /** Marks a request as the call of a tool, whose failures are results. */
  static void begin(HttpServletRequest request, JsonNode id) {
    request.setAttribute(CALL, id);
  }

  /** The id of the tool call that a request has begun; null: it has begun none. */
  static @Nullable JsonNode callOf(WebRequest request) {
    return request.getAttribute(CALL, RequestAttributes.SCOPE_REQUEST) instanceof JsonNode id
        ? id
        : null;
  }

  static ObjectNode result(JsonNode id, JsonNode result) {
    ObjectNode response = NODES.objectNode().put("jsonrpc", "2.0");
    response.set("id", id);
    response.set("result", result);
    return response;
  }

  static ObjectNode error(JsonNode id, int code, String message) {
    ObjectNode response = NODES.objectNode().put("jsonrpc", "2.0");
    response.set("id", id);
    response.putObject("error").put("code", code).put("message", message);
    return response;
  }

  /** What a tool answers. */
  static ObjectNode tool(JsonNode id, String text) {
    return tool(id, text, false);
  }

  /** A failed tool call: the problem with its stable code, as the API would have answered it. */
  static ObjectNode failed(JsonNode id, ProblemDetail problem, HttpHeaders headers) {
    ObjectNode error = NODES.objectNode();
    Map<String, Object> properties =
        Objects.requireNonNullElse(problem.getProperties(), Map.<String, Object>of());
    error.put("code", String.valueOf(properties.get("code")));
    error.put("status", problem.getStatus());
    error.put("detail", shortened(String.valueOf(problem.getDetail())));
    if (properties.get("errors") != null) {
      error.set("errors", JSON.valueToTree(properties.get("errors")));
    }
    String retryAfter = headers.getFirst(HttpHeaders.RETRY_AFTER);
    if (retryAfter != null) {
      error.put("retryAfterSeconds", retryAfter);
    }
    return tool(id, error.toString(), true);
  }

  static ObjectNode object() {
    return NODES.objectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a node cannot be written as JSON", e);
    }
  }

  private static ObjectNode tool(JsonNode id, String text, boolean isError) {
    ObjectNode result = NODES.objectNode();
    // An unpaired surrogate, which an argument may have, cannot be written.
    String writable = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    result.putArray("content").addObject().put("type", "text").put("text", writable);
    result.put("isError", isError);
    return result(id, result);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL) + "…";
  }
}
