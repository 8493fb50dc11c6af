package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;
import java.util.Optional;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.platform.access.ApiPermissions;
import org.byoemail.platform.access.Permission;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;

/**
 * What every operation of the API has in common: the refusals, the permission, and parameters of
 * the same name.
 */
@Component
class OpenApiOperations implements OpenApiCustomizer {
  private static final String RESPONSES = "#/components/responses/";

  private final ObjectMapper json;

  OpenApiOperations(ObjectMapper json) {
    this.json = json;
  }

  @Override
  public void customise(OpenAPI api) {
    JsonNode examples = OpenApiSchemas.read(json, "openapi/examples.json");
    JsonNode parameters = OpenApiSchemas.read(json, "openapi/parameters.json");
    ArrayNode statuses =
        ((ObjectNode) parameters.at("/listMessages:status/schema")).putArray("enum");
    EnumWords.Values.of(MessageStatus.class, InboundStatus.class).forEach(statuses::add);
    api.getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap()
                    .forEach(
                        (method, operation) -> {
                          complete(path, method, operation);
                          if (operation.getParameters() != null) {
                            operation
                                .getParameters()
                                .forEach(
                                    one -> describe(one, operation.getOperationId(), parameters));
                          }
                          example(operation, examples.path(operation.getOperationId()));
                        }));
  }

  private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
    Optional<Permission> permission =
        ApiPermissions.needed(HttpMethod.valueOf(method.name()), path);
    if (permission.isPresent()) {
      operation.addExtension("x-permission", permission.get().word());
    } else {
      operation.setSecurity(List.of());
    }
    ApiResponses responses = operation.getResponses();
    responses.values().forEach(OpenApiOperations::shareProblem);
    refusal(responses, "400", "BadRequest");
    if (permission.isPresent()) {
      refusal(responses, "401", "Unauthorized");
      refusal(responses, "403", "Forbidden");
    }
    if (path.contains("{") || method == PathItem.HttpMethod.DELETE) {
      refusal(responses, "404", "NotFound");
    }
    refusal(responses, "406", "NotAcceptable");
    if (method != PathItem.HttpMethod.GET) {
      refusal(responses, "409", "Conflict");
    }
    if (operation.getRequestBody() != null) {
      refusal(responses, "413", "ContentTooLarge");
      refusal(responses, "415", "UnsupportedMediaType");
    }
    refusal(responses, "429", "TooManyRequests");
    refusal(responses, "500", "InternalError");
    refusal(responses, "503", "Unavailable");
  }

  private static void example(Operation operation, JsonNode examples) {
    examples
        .properties()
        .forEach(
            one -> {
              Content content =
                  one.getKey().equals("request")
                      ? operation.getRequestBody().getContent()
                      : operation.getResponses().get(one.getKey()).getContent();
              MediaType json =
                  content.get(org.springframework.http.MediaType.APPLICATION_JSON_VALUE);
              if (json == null) {
                throw new IllegalStateException(
                    operation.getOperationId()
                        + " has no JSON for the example "
                        + one.getKey()
                        + ": "
                        + content.keySet());
              }
              json.setExample(one.getValue());
            });
  }

  private static void refusal(ApiResponses responses, String status, String name) {
    if (!responses.containsKey(status)) {
      responses.addApiResponse(status, new ApiResponse().$ref(RESPONSES + name));
    }
  }

  private static void shareProblem(ApiResponse response) {
    if (response.getContent() != null) {
      MediaType problem =
          response
              .getContent()
              .get(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      if (problem != null) {
        response.setContent(OpenApiSchemas.problemContent());
      }
    }
  }

  /** What the parameter's declaration leaves out: by the operation and its name, or its name. */
  private static void describe(Parameter parameter, String operation, JsonNode described) {
    JsonNode common = described.path(parameter.getName());
    JsonNode said = described.path(operation + ":" + parameter.getName());
    if (said.isMissingNode()) {
      said = common;
    }
    if (parameter.getDescription() == null && said.has("description")) {
      parameter.setDescription(said.path("description").asText());
    }
    // A copy, since Springdoc gives parameters of one type the same schema.
    ObjectNode schema = Json31.mapper().valueToTree(parameter.getSchema());
    if (said.path("schema") instanceof ObjectNode more) {
      schema.setAll(more);
    }
    parameter.setSchema(Json31.mapper().convertValue(schema, Schema.class));
  }
}
