package org.byoemail.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.HeaderText;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The MCP server (Model Context Protocol): the streamable HTTP transport without sessions, so that
 * any node answers any request. Each request has one message and one response in JSON; there are
 * tools only. A failed tool call is a result with the code of the API's problem.
 */
@RestController
@Hidden
class McpController {
  /**
   * The newest first. The oldest is what clients of stdio ask for; 2025-03-26 has batches, which
   * this server does not take.
   */
  static final List<String> VERSIONS = List.of("2025-11-25", "2025-06-18", "2024-11-05");

  private static final String VERSION_HEADER = "MCP-Protocol-Version";
  private static final int MAX_DEPTH = 30;
  private static final int MAX_TOKENS = 20_000;
  private static final int MAX_ID = 256;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxTokenCount(MAX_TOKENS)
                          .maxNumberLength(100)
                          .maxNameLength(200)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final McpSettings settings;
  private final McpTools tools;
  private final ToolDescriptions descriptions;
  private final MeterRegistry meters;

  McpController(
      McpSettings settings, McpTools tools, ToolDescriptions descriptions, MeterRegistry meters) {
    this.settings = settings;
    this.tools = tools;
    this.descriptions = descriptions;
    this.meters = meters;
  }

  @PostMapping(
      path = "/mcp",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @Nullable ResponseEntity<JsonNode> message(
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    check(request);
    JsonNode message;
    try {
      message = JSON.readTree(request.getInputStream());
    } catch (JsonProcessingException | CharConversionException e) {
      return refused(NullNode.instance, JsonRpc.PARSE_ERROR, "the body is no JSON, or too deep");
    }
    if (message.isArray()) {
      return refused(
          NullNode.instance, JsonRpc.INVALID_REQUEST, "batches are not taken: send one message");
    }
    JsonNode id = message.path("id");
    String method = message.path("method").textValue();
    if (!"2.0".equals(message.path("jsonrpc").textValue())
        || method == null && message.has("method")
        || !id.isMissingNode() && !isId(id)) {
      return refused(NullNode.instance, JsonRpc.INVALID_REQUEST, "is no message of JSON-RPC 2.0");
    }
    if (method == null || id.isMissingNode()) {
      return ResponseEntity.accepted().build(); // A response, or a notification.
    }
    return switch (method) {
      case "initialize" -> ResponseEntity.ok(JsonRpc.result(id, initialized(message)));
      case "ping" -> ResponseEntity.ok(JsonRpc.result(id, JsonRpc.object()));
      case "tools/list" -> ResponseEntity.ok(JsonRpc.result(id, listed(caller)));
      case "tools/call" -> call(new McpCall(caller, id, request, response), message.path("params"));
      default ->
          ResponseEntity.ok(
              JsonRpc.error(
                  id,
                  JsonRpc.METHOD_NOT_FOUND,
                  "this server has no method " + ToolArguments.cut(method)));
    };
  }

  private void check(HttpServletRequest request) {
    if (!settings.enabled()) {
      throw new ResourceNotFound("path: the MCP server is off (byo.mcp.enabled)");
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null && !settings.allowedOrigins().contains(origin)) {
      throw new OriginForbidden();
    }
    String version = request.getHeader(VERSION_HEADER);
    if (version != null && !VERSIONS.contains(version)) {
      throw new FieldsRefused(VERSION_HEADER, "must be one of " + String.join(", ", VERSIONS));
    }
  }

  private static boolean isId(JsonNode id) {
    return id.isIntegralNumber()
        || id.isTextual()
            && id.textValue().length() <= MAX_ID
            && HeaderText.isUnicode(id.textValue());
  }

  private static ResponseEntity<JsonNode> refused(JsonNode id, int code, String message) {
    return ResponseEntity.status(HttpStatus.BAD_REQUEST).body(JsonRpc.error(id, code, message));
  }

  private ObjectNode initialized(JsonNode message) {
    String asked = message.at("/params/protocolVersion").asText();
    ObjectNode result =
        JsonRpc.object().put("protocolVersion", VERSIONS.contains(asked) ? asked : VERSIONS.get(0));
    result.putObject("capabilities").putObject("tools");
    result
        .putObject("serverInfo")
        .put("name", "byo-email")
        .put("title", "BYO Email")
        .put("version", "1");
    return result.put("instructions", descriptions.instructions());
  }

  private ObjectNode listed(Caller caller) {
    ObjectNode result = JsonRpc.object();
    ArrayNode list = result.putArray("tools");
    for (McpTool tool : McpTool.values()) {
      if (tool.isFor(caller)) {
        list.add(descriptions.of(tool));
      }
    }
    return result;
  }

  private @Nullable ResponseEntity<JsonNode> call(McpCall call, JsonNode params)
      throws IOException {
    String name = params.path("name").asText();
    McpTool tool = McpTool.of(name).orElse(null);
    JsonNode arguments = params.path("arguments");
    if (tool == null) {
      return invalid(call, "there is no tool " + ToolArguments.cut(name));
    }
    if (!arguments.isObject() && !arguments.isMissingNode() && !arguments.isNull()) {
      return invalid(call, "arguments must be an object");
    }
    // From here on, an exception becomes a result.
    JsonRpc.begin(call.request(), call.id());
    String outcome = "error";
    try {
      tool.check(call.caller());
      ObjectNode given = arguments instanceof ObjectNode object ? object : JsonRpc.object();
      Optional<String> text =
          tools.run(tool, new ToolArguments(given, descriptions.arguments(tool)), call);
      outcome = "ok";
      return text.<@Nullable ResponseEntity<JsonNode>>map(
              one -> ResponseEntity.ok(JsonRpc.tool(call.id(), one)))
          .orElse(null);
    } finally {
      meters.counter("byo.mcp.calls", "tool", tool.word(), "outcome", outcome).increment();
    }
  }

  private static ResponseEntity<JsonNode> invalid(McpCall call, String message) {
    return ResponseEntity.ok(JsonRpc.error(call.id(), JsonRpc.INVALID_PARAMS, message));
  }
}
