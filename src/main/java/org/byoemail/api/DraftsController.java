package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.api.SubmissionsController.Accepted;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.draft.Draft;
import org.byoemail.outbound.draft.Drafts;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Drafts: submissions that are kept, changed, and sent by their id. */
@RestController
@RequestMapping("/api/v1/drafts")
@Tag(name = "drafts")
class DraftsController {
  private static final Pattern ETAG = Pattern.compile("\"([1-9][0-9]{0,8})\"");

  private final Drafts drafts;
  private final HttpSubmissions http;
  private final ResponseBudget budget;
  private final ObjectMapper json;

  DraftsController(Drafts drafts, HttpSubmissions http, ResponseBudget budget, ObjectMapper json) {
    this.drafts = drafts;
    this.http = http;
    this.budget = budget;
    this.json = json;
  }

  /** Describes the body: a submission that need not be complete. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema = @Schema(ref = "#/components/schemas/Draft")))
  private @interface DraftBody {}

  /** Describes the answer to a version that is not the present one. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ApiResponse(
      responseCode = "412",
      description = "The draft has another version.",
      content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE))
  private @interface Versioned {}

  /** A draft with its content. */
  @Schema(name = "StoredDraft")
  record DraftResponse(
      UUID id,
      String organization,
      UUID agent,
      @Nullable UUID account,
      @Schema(description = "counts the changes; the ETag has it in quotation marks") int version,
      @Schema(allowableValues = {"open", "sent"}) String status,
      @Schema(description = "what it was sent as") @Nullable UUID messageId,
      Instant createdAt,
      Instant changedAt,
      @Schema(ref = "#/components/schemas/Draft") @Nullable JsonNode content) {}

  /** A draft in a list. */
  @Schema(name = "DraftEntry")
  record DraftEntry(
      UUID id,
      String organization,
      UUID agent,
      @Nullable UUID account,
      int version,
      @Schema(allowableValues = {"open", "sent"}) String status,
      @Schema(description = "what it was sent as") @Nullable UUID messageId,
      String from,
      @Schema(description = "the first 20 addresses of to, cc and bcc; none once it was sent")
          List<String> recipients,
      String subject,
      Instant createdAt,
      Instant changedAt) {
    static DraftEntry of(Draft draft) {
      return new DraftEntry(
          draft.id(),
          draft.organization().value(),
          draft.agent().value(),
          draft.account() == null ? null : draft.account().value(),
          draft.version(),
          statusOf(draft),
          messageOf(draft),
          draft.from(),
          draft.recipients(),
          draft.subject(),
          draft.createdAt(),
          draft.changedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "createDraft",
      summary = "Create a draft",
      description =
          "Stores a submission that need not have recipients and a body yet, of at most 256 KB. Its"
              + " `from` decides whose it is. Attachments are given by the ids of uploaded files,"
              + " which are kept as long as the draft. An agent has at most 1,000"
              + " unsent drafts.")
  @DraftBody
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<DraftResponse> create(
      @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    byte[] content = HttpSubmissions.arrived(body, Drafts.MAX_BYTES);
    Draft draft =
        http.within(
            request, content.length, () -> drafts.create(HttpSubmissions.source(caller), content));
    return answer(HttpStatus.CREATED, draft);
  }

  @GetMapping
  @Operation(
      operationId = "listDrafts",
      summary = "List drafts",
      description =
          "Drafts without their contents, the newest first, those that were sent included.")
  Page<DraftEntry> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    SubmissionSource source =
        new SubmissionSource(RequestParams.organization(caller, organization), caller.scope());
    return Page.of(
        drafts.list(source, agent, RequestParams.cursor(cursor), rows + 1),
        rows,
        Draft::id,
        DraftEntry::of);
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getDraft",
      summary = "Get a draft",
      description =
          "A draft with its content, or, once it was sent, with the message that it became.")
  ResponseEntity<DraftResponse> get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    budget.take(Drafts.MAX_BYTES);
    return answer(
        HttpStatus.OK, drafts.find(HttpSubmissions.source(caller), id).orElseThrow(this::none));
  }

  @PutMapping(path = "/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "changeDraft",
      summary = "Change a draft",
      description =
          "Replaces the content of a draft, whose present version If-Match names. 409 if it was sent.")
  @DraftBody
  @ApiResponse(responseCode = "200", description = "It was changed; the ETag is its new version.")
  @Versioned
  ResponseEntity<DraftResponse> change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(description = "the ETag of the draft that is changed")
          @RequestHeader(name = HttpHeaders.IF_MATCH, required = false)
          @Nullable String ifMatch,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    Integer version = version(ifMatch);
    if (version == null) {
      throw new FieldsRefused(HttpHeaders.IF_MATCH, "is required: give the ETag of the draft");
    }
    byte[] content = HttpSubmissions.arrived(body, Drafts.MAX_BYTES);
    return http.within(
            request,
            content.length,
            () -> drafts.change(HttpSubmissions.source(caller), id, version, content))
        .map(draft -> answer(HttpStatus.OK, draft))
        .orElseThrow(this::none);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "deleteDraft",
      summary = "Delete a draft",
      description = "Deletes a draft. The message that it was sent as stays.")
  @ApiResponse(responseCode = "204", description = "It was deleted.")
  @Versioned
  void delete(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(description = "deletes it only with this ETag")
          @RequestHeader(name = HttpHeaders.IF_MATCH, required = false)
          @Nullable String ifMatch) {
    if (!drafts.delete(HttpSubmissions.source(caller), id, version(ifMatch))) {
      throw none();
    }
  }

  @PostMapping("/{id}/send")
  @Operation(
      operationId = "sendDraft",
      summary = "Send a draft",
      description =
          "Sends a draft once, however often this is repeated: its id becomes the `id` of the"
              + " submission. What a submission lacks is a 400, and the draft stays.")
  @ApiResponse(responseCode = "202", description = "It will be sent.")
  @ApiResponse(
      responseCode = "200",
      description = "It was sent before: the same response again.",
      headers =
          @Header(
              name = IdempotencyKey.REPLAYED,
              description = "true",
              schema = @Schema(type = "boolean")))
  @Versioned
  ResponseEntity<Accepted> send(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(description = "sends it only with this ETag")
          @RequestHeader(name = HttpHeaders.IF_MATCH, required = false)
          @Nullable String ifMatch,
      @Parameter(hidden = true) HttpServletRequest request) {
    Integer version = version(ifMatch);
    return http.answer(
        request,
        Drafts.MAX_BYTES,
        key -> {
          if (key != null && !key.equals(id.toString())) {
            throw new FieldsRefused(
                IdempotencyKey.HEADER, "cannot be given: a draft is sent under its own id");
          }
          return drafts.send(HttpSubmissions.source(caller), id, version).orElseThrow(this::none);
        });
  }

  private ResponseEntity<DraftResponse> answer(HttpStatus status, Draft draft) {
    return ResponseEntity.status(status)
        .eTag("\"" + draft.version() + "\"")
        .body(
            new DraftResponse(
                draft.id(),
                draft.organization().value(),
                draft.agent().value(),
                draft.account() == null ? null : draft.account().value(),
                draft.version(),
                statusOf(draft),
                messageOf(draft),
                draft.createdAt(),
                draft.changedAt(),
                content(draft)));
  }

  private @Nullable JsonNode content(Draft draft) {
    try {
      return draft.content() == null ? null : json.readTree(draft.content());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the content of draft " + draft.id() + " is no JSON", e);
    }
  }

  private static String statusOf(Draft draft) {
    return draft.sentAs() == null ? "open" : "sent";
  }

  private static @Nullable UUID messageOf(Draft draft) {
    return draft.sentAs() == null ? null : draft.sentAs().value();
  }

  /** The version of an If-Match header; null: any. */
  private static @Nullable Integer version(@Nullable String ifMatch) {
    if (ifMatch == null || ifMatch.strip().equals("*")) {
      return null;
    }
    Matcher tag = ETAG.matcher(ifMatch.strip());
    if (!tag.matches()) {
      throw new FieldsRefused(
          HttpHeaders.IF_MATCH,
          "must be an ETag of the draft, such as \"3\" with its quotation marks");
    }
    return Integer.valueOf(tag.group(1));
  }

  private ResourceNotFound none() {
    return new ResourceNotFound("draft");
  }
}
