package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldReasons;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Annotations;
import org.byoemail.platform.conversation.AnnotationsChange;
import org.byoemail.platform.conversation.AnnotationsRefused;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Labels;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Labels and metadata of messages and conversations. */
@RestController
@RequestMapping(path = "/api/v1", consumes = MediaType.APPLICATION_JSON_VALUE)
class LabelsController {
  private static final String ADD = "addLabels";
  private static final String REMOVE = "removeLabels";
  private static final String METADATA = "metadata";
  private static final Set<String> FIELDS = Set.of(ADD, REMOVE, METADATA);

  /** Of a body, whose metadata may be written with many escapes. */
  private static final int MAX_BYTES = 256 << 10;

  private final Labels labels;
  private final Conversations conversations;
  private final MessageReader reader;
  private final SubmissionReader json;
  private final HttpSubmissions http;

  LabelsController(
      Labels labels,
      Conversations conversations,
      MessageReader reader,
      SubmissionReader json,
      HttpSubmissions http) {
    this.labels = labels;
    this.conversations = conversations;
    this.reader = reader;
    this.json = json;
    this.http = http;
  }

  /** Describes the body. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              // As for every PATCH, the description has AnnotationsPatch instead.
              schema = @Schema(ref = "#/components/schemas/Annotations")))
  private @interface AnnotationsBody {}

  /** What a message or a conversation has. */
  @Schema(name = "AnnotationsResponse")
  record AnnotationsResponse(UUID id, List<String> labels, Map<String, Object> metadata) {
    static AnnotationsResponse of(UUID id, Annotations annotations) {
      return new AnnotationsResponse(id, annotations.labels(), annotations.metadata());
    }
  }

  @PatchMapping("/messages/{id}")
  @Tag(name = "messages")
  @Operation(
      operationId = "changeMessageLabels",
      summary = "Change labels and metadata of a message",
      description =
          "Adds and removes labels of a message, at most 20, and changes the metadata of an inbound one"
              + " by a merge patch (RFC 7396). Repeated, it changes nothing.")
  @AnnotationsBody
  AnnotationsResponse message(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    AnnotationsChange change = change(request, body);
    if (!reader.sees(caller, id)) {
      throw new ResourceNotFound("message");
    }
    try {
      return labels
          .change(new StoredMessageId(id), change)
          .map(annotations -> AnnotationsResponse.of(id, annotations))
          .orElseThrow(() -> new ResourceNotFound("message"));
    } catch (AnnotationsRefused e) {
      throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
    }
  }

  @PatchMapping("/conversations/{id}")
  @Tag(name = "conversations")
  @Operation(
      operationId = "changeConversationLabels",
      summary = "Change labels and metadata of a conversation",
      description =
          "Adds and removes labels of a conversation, at most 20, and changes its metadata by a merge"
              + " patch (RFC 7396). Its messages keep theirs.")
  @AnnotationsBody
  AnnotationsResponse conversation(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    AnnotationsChange change = change(request, body);
    ConversationId conversation = new ConversationId(id);
    try {
      return conversations
          .find(caller.organization(), caller.scope(), conversation)
          .flatMap(found -> labels.change(conversation, change))
          .map(annotations -> AnnotationsResponse.of(id, annotations))
          .orElseThrow(() -> new ResourceNotFound("conversation"));
    } catch (AnnotationsRefused e) {
      throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
    }
  }

  private AnnotationsChange change(HttpServletRequest request, InputStream body) {
    byte[] given = HttpSubmissions.arrived(body, MAX_BYTES);
    return http.within(
        request, given.length, () -> change(json.json(new ByteArrayInputStream(given), null)));
  }

  private static AnnotationsChange change(ObjectNode body) {
    List<FieldProblem> problems = new ArrayList<>();
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                problems.add(new FieldProblem(name, FieldReasons.unknown(FIELDS)));
              }
            });
    Set<Label> add = labels(body, ADD, problems);
    Set<Label> remove = labels(body, REMOVE, problems);
    add.stream()
        .filter(remove::contains)
        .findFirst()
        .ifPresent(
            both ->
                problems.add(
                    new FieldProblem(
                        REMOVE,
                        "contains "
                            + both
                            + ", which is also in addLabels: remove it from one of them")));
    @Nullable ObjectNode metadata = null;
    if (body.path(METADATA) instanceof ObjectNode object) {
      metadata = object;
    } else if (body.has(METADATA)) {
      problems.add(new FieldProblem(METADATA, "must be an object"));
    }
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
    return new AnnotationsChange(add, remove, metadata);
  }

  private static Set<Label> labels(ObjectNode body, String field, List<FieldProblem> problems) {
    Set<Label> labels = new TreeSet<>();
    JsonNode given = body.path(field);
    if (given.isMissingNode() || given.isNull()) {
      return labels;
    }
    if (!given.isArray() || given.size() > Labels.MAX_LABELS) {
      problems.add(
          new FieldProblem(field, "must be an array of at most " + Labels.MAX_LABELS + " labels"));
      return labels;
    }
    for (int i = 0; i < given.size(); i++) {
      try {
        labels.add(Label.parse(given.get(i).isTextual() ? given.get(i).textValue() : ""));
      } catch (IllegalArgumentException e) {
        problems.add(new FieldProblem(field + "[" + i + "]", Label.RULE));
      }
    }
    return labels;
  }
}
