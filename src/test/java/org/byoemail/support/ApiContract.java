package org.byoemail.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Checks requests and responses against the description of the API: the status and the media type
 * of each response are declared and its body fits the schema, without a property that the schema
 * does not name; and a request that was accepted fits the schema of requests.
 */
final class ApiContract {
  private static final String DOCUMENT = "https://openapi.test/openapi.json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SchemaValidatorsConfig CONFIG =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  private final JsonNode document;
  private final JsonSchemaFactory schemas;
  private final List<PathPattern> paths;
  private final Map<String, JsonSchema> loaded = new ConcurrentHashMap<>();

  ApiContract(JsonNode described) {
    document = described.deepCopy();
    close(document);
    String text = document.toString();
    schemas =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(DOCUMENT, text))));
    List<PathPattern> patterns = new ArrayList<>();
    document
        .path("paths")
        .fieldNames()
        .forEachRemaining(path -> patterns.add(PathPatternParser.defaultInstance.parse(path)));
    patterns.sort(Comparator.naturalOrder());
    paths = List.copyOf(patterns);
  }

  /** Permits no other properties than those that are described. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode schema
        && schema.path("properties").isObject()
        && schema.path("type").asText().equals("object")
        && !schema.has("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    node.forEach(ApiContract::close);
  }

  /**
   * Checks a request and its response, if they are of an operation that is described.
   *
   * @throws AssertionError naming what differs from the description
   */
  void check(MockHttpServletRequest request, MockHttpServletResponse response) {
    PathContainer asked = PathContainer.parsePath(String.valueOf(request.getRequestURI()));
    String method = String.valueOf(request.getMethod()).toLowerCase(Locale.ROOT);
    for (PathPattern path : paths) {
      if (path.matches(asked)) {
        String at = "/paths/" + pointer(path.getPatternString()) + "/" + method;
        if (document.at(at).isObject()) {
          checkResponse(at, response);
          if (response.getStatus() < 300 && !isPartlyRefused(response)) {
            checkRequest(at, request);
          }
        }
        return;
      }
    }
  }

  /** A batch is answered although some of its items are not as described. */
  private static boolean isPartlyRefused(MockHttpServletResponse response) {
    return text(response).contains("\"outcome\":\"rejected\"");
  }

  private void checkResponse(String operation, MockHttpServletResponse response) {
    String at = resolved(operation + "/responses/" + response.getStatus());
    if (document.at(at).isMissingNode()) {
      throw new AssertionError(operation + " does not declare the status " + response.getStatus());
    }
    String body = text(response);
    if (body.isEmpty()) {
      if (response.getContentType() != null) {
        checkMediaType(operation, at, response);
      }
      return;
    }
    String type = checkMediaType(operation, at, response);
    if (type.contains("json") && !type.contains("ndjson")) {
      check(operation, at + "/content/" + pointer(type) + "/schema", body);
    }
  }

  /** The declared media type of the response. */
  private String checkMediaType(String operation, String at, MockHttpServletResponse response) {
    MediaType given = MediaType.parseMediaType(String.valueOf(response.getContentType()));
    JsonNode declared = document.at(at + "/content");
    for (Map.Entry<String, JsonNode> one : declared.properties()) {
      if (MediaType.parseMediaType(one.getKey()).includes(given)) {
        return one.getKey();
      }
    }
    throw new AssertionError(
        operation + " " + response.getStatus() + " does not declare the media type " + given);
  }

  private void checkRequest(String operation, MockHttpServletRequest request) {
    String at = operation + "/requestBody/content/application~1json/schema";
    byte[] body = request.getContentAsByteArray();
    if (body != null
        && body.length > 0
        && String.valueOf(request.getContentType()).startsWith("application/json")
        && !document.at(at).isMissingNode()) {
      check(
          "the request of " + operation,
          at,
          new String(body, java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  private void check(String of, String at, String body) {
    if (document.at(at).isMissingNode()) {
      throw new AssertionError(of + " has no schema at " + at);
    }
    JsonSchema schema =
        loaded.computeIfAbsent(
            at, pointer -> schemas.getSchema(SchemaLocation.of(DOCUMENT + "#" + pointer), CONFIG));
    try {
      Set<ValidationMessage> faults = schema.validate(JSON.readTree(body));
      if (!faults.isEmpty()) {
        throw new AssertionError(
            of
                + " differs from its description: "
                + faults
                + " in "
                + body.substring(0, Math.min(2000, body.length())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String resolved(String at) {
    @Nullable String ref = document.at(at).path("$ref").textValue();
    return ref == null ? at : ref.substring(1);
  }

  private static String text(MockHttpServletResponse response) {
    return new String(response.getContentAsByteArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String pointer(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
