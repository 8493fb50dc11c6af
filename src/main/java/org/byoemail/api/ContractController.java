package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Publishes the contract of the queues: the AsyncAPI document and the schemas that it refers to.
 */
@RestController
@Tag(name = "contract")
class ContractController {
  private static final MediaType YAML = MediaType.parseMediaType("application/yaml");
  private static final MediaType SCHEMA = MediaType.parseMediaType("application/schema+json");
  private static final Map<String, MediaType> FILES =
      Map.of(
          "asyncapi.yaml", YAML,
          "submission.schema.json", SCHEMA,
          "rejected.schema.json", SCHEMA,
          "event.schema.json", SCHEMA);

  @GetMapping("/api/v1/schema/{file}")
  @Operation(
      operationId = "getContractFile",
      summary = "Get a file of the queues' contract",
      description =
          "The contract of the queues, open to everybody: asyncapi.yaml, submission.schema.json,"
              + " rejected.schema.json, event.schema.json.")
  @ApiResponse(
      responseCode = "200",
      description = "The file.",
      content = {
        @Content(
            mediaType = "application/schema+json",
            schema =
                @Schema(
                    type = "object",
                    additionalProperties = Schema.AdditionalPropertiesValue.TRUE)),
        @Content(mediaType = "application/yaml", schema = @Schema(type = "string"))
      })
  ResponseEntity<Resource> contract(@PathVariable String file) {
    MediaType type = FILES.get(file);
    if (type == null) {
      throw new ResourceNotFound("schema");
    }
    return ResponseEntity.ok().contentType(type).body(new ClassPathResource("schema/" + file));
  }
}
