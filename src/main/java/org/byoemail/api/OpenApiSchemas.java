package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.byoemail.platform.access.ProblemCode;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * The schemas of the description of the API that no record gives: problem details, and the schemas
 * of the contract (submission and event). Requests require less than responses: there, what may be
 * null may be absent.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class OpenApiSchemas implements OpenApiCustomizer {
  static final String PROBLEM = "Problem";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String PATCH = "Patch";

  private final ObjectMapper json;

  OpenApiSchemas(ObjectMapper json) {
    this.json = json;
  }

  @Override
  public void customise(OpenAPI api) {
    Components components = api.getComponents();
    contract(components, "Submission", "submission.schema.json");
    contract(components, "Event", "event.schema.json");
    reply(components);
    draft(components);
    JsonNode own = read(json, "openapi/components.json");
    Arrays.stream(ProblemCode.values())
        .forEach(
            code ->
                ((ObjectNode) own.at("/schemas/Problem/properties/code"))
                    .withArray("enum")
                    .add(code.word()));
    own.path("schemas").properties().forEach(one -> add(components, one.getKey(), one.getValue()));
    own.path("responses")
        .properties()
        .forEach(one -> components.addResponses(one.getKey(), problem(one.getValue())));
    components.getSchemas().remove("ProblemDetail");
    // Types of the generated schema of an event, which the contract's replaces.
    List.of("JsonNode", "OrganizationId").forEach(components.getSchemas()::remove);
    patches(api);
    requests(api);
  }

  private ApiResponse problem(JsonNode response) {
    return Json31.mapper().convertValue(response, ApiResponse.class).content(problemContent());
  }

  static Content problemContent() {
    return new Content()
        .addMediaType(
            org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
            new MediaType().schema(new Schema<>().$ref(SCHEMAS + PROBLEM)));
  }

  /**
   * Adds a schema of the contract; its definitions become schemas too. Rules about which properties
   * go together become one {@code not}: generators of clients take {@code oneOf} and {@code anyOf}
   * for types.
   */
  private void contract(Components components, String name, String file) {
    ObjectNode schema = (ObjectNode) read(json, "schema/" + file);
    schema.remove(List.of("$schema", "$id"));
    JsonNode definitions = schema.remove("$defs");
    if (definitions != null) {
      definitions
          .properties()
          .forEach(
              one -> {
                String target = name + capitalized(one.getKey());
                redirect(schema, "#/$defs/" + one.getKey(), SCHEMAS + target);
                redirect(definitions, "#/$defs/" + one.getKey(), SCHEMAS + target);
              });
      definitions
          .properties()
          .forEach(one -> add(components, name + capitalized(one.getKey()), one.getValue()));
    }
    add(components, name, schema);
  }

  /** A submission whose missing fields come from the message that it is about. */
  private void reply(Components components) {
    ObjectNode schema = Json31.mapper().valueToTree(components.getSchemas().get("Submission"));
    schema.remove(List.of("required", "not", "title"));
    schema.put(
        "description",
        "A submission that takes from a message what it lacks: sender, recipients, subject.");
    ObjectNode properties = (ObjectNode) schema.path("properties");
    properties.remove("inReplyTo");
    for (String flag : List.of("quote", "useReplyTo", "withAttachments")) {
      properties.putObject(flag).put("type", "boolean");
    }
    add(components, "Reply", schema);
  }

  /** A submission that need not be complete. */
  private void draft(Components components) {
    ObjectNode schema = Json31.mapper().valueToTree(components.getSchemas().get("Submission"));
    schema.remove(List.of("not", "title"));
    schema.putArray("required").add("from");
    schema.put("description", "A submission that need not be complete.");
    ((ObjectNode) schema.path("properties")).remove("id");
    add(components, "Draft", schema);
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static void redirect(JsonNode node, String from, String to) {
    if (node instanceof ObjectNode object && object.path("$ref").asText().equals(from)) {
      object.set("$ref", TextNode.valueOf(to));
    }
    node.forEach(child -> redirect(child, from, to));
  }

  private void add(Components components, String name, JsonNode schema) {
    typed(schema);
    if (schema instanceof ObjectNode object) {
      presence(object);
    }
    components.addSchemas(name, Json31.mapper().convertValue(schema, Schema.class));
  }

  /** Names the type of enumerations and of objects without properties, as generators expect. */
  private static void typed(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.has("enum") && !object.has("type")) {
        object.put("type", "string");
      }
      if (object.path("type").asText().equals("object")
          && !object.has("additionalProperties")
          && !object.path("description").asText().isEmpty()
          && !object.has("required")) {
        object.put("additionalProperties", true);
      }
    }
    node.forEach(OpenApiSchemas::typed);
  }

  /** {@code oneOf} here has alternatives that exclude each other, so it is the same as anyOf. */
  private void presence(ObjectNode schema) {
    ArrayNode none = json.createArrayNode();
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (schema.remove(keyword) instanceof ArrayNode alternatives) {
        ArrayNode all = none.addObject().putArray("allOf");
        alternatives.forEach(one -> all.addObject().set("not", one));
      }
    }
    if (!none.isEmpty()) {
      schema.putObject("not").set("anyOf", none);
    }
  }

  static JsonNode read(ObjectMapper json, String resource) {
    try (InputStream in = new ClassPathResource(resource).getInputStream()) {
      return json.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  /** A merge patch has the fields of the request that creates, and requires none. */
  private static void patches(OpenAPI api) {
    Map<String, Schema> schemas = api.getComponents().getSchemas();
    for (PathItem path : api.getPaths().values()) {
      if (path.getPatch() != null && path.getPatch().getRequestBody() != null) {
        path.getPatch()
            .getRequestBody()
            .getContent()
            .values()
            .forEach(body -> patch(body.getSchema(), schemas));
      }
    }
  }

  private static void patch(Schema<?> schema, Map<String, Schema> schemas) {
    if (schema.getAnyOf() != null) {
      schema.getAnyOf().forEach(one -> patch(one, schemas));
    }
    if (schema.get$ref() == null) {
      return;
    }
    String name = schema.get$ref().substring(SCHEMAS.length());
    if (name.endsWith(PATCH)) {
      schemas.get(name).setRequired(null);
      return;
    }
    String patch = name.replaceFirst("Request$", "") + PATCH;
    if (!schemas.containsKey(patch)) {
      Schema<?> copy = copy(schemas.get(name));
      copy.setRequired(null);
      schemas.put(patch, copy);
      copy.getProperties().values().forEach(one -> patch(one, schemas));
    }
    schema.set$ref(SCHEMAS + patch);
  }

  private static Schema<?> copy(Schema<?> schema) {
    return Json31.mapper().convertValue(schema, Schema.class);
  }

  private static void requests(OpenAPI api) {
    Map<String, Schema> schemas = api.getComponents().getSchemas();
    Set<String> reached = new HashSet<>();
    for (PathItem path : api.getPaths().values()) {
      for (Operation operation : path.readOperations()) {
        if (operation.getRequestBody() != null) {
          operation
              .getRequestBody()
              .getContent()
              .values()
              .forEach(body -> reach(body.getSchema(), schemas, reached));
        }
      }
    }
    reached.stream()
        .map(schemas::get)
        .filter(one -> one != null && one.getRequired() != null)
        .forEach(OpenApiSchemas::relax);
  }

  private static void relax(Schema<?> request) {
    List<String> required = new ArrayList<>(request.getRequired());
    for (Iterator<String> names = required.iterator(); names.hasNext(); ) {
      Schema<?> property = request.getProperties().get(names.next());
      if (property != null && (OpenApiRecords.mayBeNull(property) || isBoolean(property))) {
        names.remove();
      }
    }
    request.setRequired(required.isEmpty() ? null : required);
  }

  private static boolean isBoolean(Schema<?> property) {
    return "boolean".equals(property.getType())
        || property.getTypes() != null && property.getTypes().contains("boolean");
  }

  private static void reach(
      @Nullable Schema<?> schema, Map<String, Schema> schemas, Set<String> reached) {
    if (schema == null) {
      return;
    }
    if (schema.get$ref() != null && schema.get$ref().startsWith(SCHEMAS)) {
      String name = schema.get$ref().substring(SCHEMAS.length());
      if (reached.add(name)) {
        reach(schemas.get(name), schemas, reached);
      }
    }
    reach(schema.getItems(), schemas, reached);
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(one -> reach(one, schemas, reached));
    }
    if (schema.getAnyOf() != null) {
      schema.getAnyOf().forEach(one -> reach(one, schemas, reached));
    }
    if (schema.getAdditionalProperties() instanceof Schema<?> values) {
      reach(values, schemas, reached);
    }
  }
}
