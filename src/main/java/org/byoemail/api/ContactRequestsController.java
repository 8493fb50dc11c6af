package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.operations.setup.ContactRequest;
import org.byoemail.operations.setup.ContactRequests;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Requests of agents that addresses be allowed, and the decisions of people. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "agents")
class ContactRequestsController {
  private final ContactRequests requests;
  private final NewContactRequests contacts;

  ContactRequestsController(ContactRequests requests, NewContactRequests contacts) {
    this.requests = requests;
    this.contacts = contacts;
  }

  /** What an agent asks for. */
  @Schema(name = "NewContactRequest")
  record NewRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address,
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              maxLength = 1000,
              description = "why the agent wants to write there; one line")
          @Nullable String reason) {}

  /** Why it was decided so. */
  @Schema(name = "ContactDecision")
  record Decision(
      @Schema(maxLength = 1000, description = "the reason that the agent sees")
          @Nullable String reason) {}

  /** A request and what became of it. */
  @Schema(name = "ContactRequest")
  record RequestResponse(
      UUID id,
      UUID agent,
      String agentName,
      String organization,
      String address,
      String reason,
      String requestedBy,
      Instant requestedAt,
      @Schema(allowableValues = {"open", "approved", "rejected"}) String status,
      @Nullable String decidedBy,
      @Nullable Instant decidedAt,
      @Nullable String decisionReason) {
    static RequestResponse of(ContactRequest one) {
      return new RequestResponse(
          one.id(),
          one.agent().value(),
          one.agentName(),
          one.organization().value(),
          one.address().value(),
          one.reason(),
          one.requestedBy(),
          one.requestedAt(),
          one.status().word(),
          one.decidedBy(),
          one.decidedAt(),
          one.decisionReason());
    }
  }

  @PostMapping("/agents/{id}/contact-requests")
  @Operation(
      operationId = "requestContact",
      summary = "Ask for an address to be allowed",
      description =
          "For agents themselves: a person decides whether the address becomes a contact. 201 for a"
              + " new request; 200 with the request that was made before if it is open, or was rejected"
              + " within the last seven days. At most 100 of an agent wait for a decision.")
  @ApiResponse(
      responseCode = "201",
      description = "A new request.",
      content = @Content(schema = @Schema(implementation = RequestResponse.class)))
  @ApiResponse(
      responseCode = "200",
      description = "The request that was made before.",
      content = @Content(schema = @Schema(implementation = RequestResponse.class)))
  ResponseEntity<RequestResponse> ask(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody NewRequest request) {
    ContactRequests.Submitted asked = contacts.ask(caller, id, request.address(), request.reason());
    return ResponseEntity.status(asked.created() ? HttpStatus.CREATED : HttpStatus.OK)
        .body(RequestResponse.of(asked.request()));
  }

  @GetMapping("/contact-requests")
  @Operation(operationId = "listContactRequests", summary = "List contact requests")
  Page<RequestResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Schema(allowableValues = {"open", "approved", "rejected"})
          @Nullable String status,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        requests.list(
            RequestParams.organization(caller, organization),
            caller.scope(),
            status(status),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        ContactRequest::id,
        RequestResponse::of);
  }

  @GetMapping("/agents/{id}/contact-requests/{request}")
  @Operation(
      operationId = "getContactRequest",
      summary = "Get a contact request",
      description = "For agents themselves: what became of their request.")
  RequestResponse get(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable UUID request) {
    return RequestResponse.of(
        requests
            .find(request)
            .filter(one -> one.agent().value().equals(id) && caller.sees(one.organization()))
            .orElseThrow(() -> new ResourceNotFound("contact request")));
  }

  @PostMapping("/contact-requests/{id}/approve")
  @Operation(
      operationId = "approveContactRequest",
      summary = "Approve a contact request",
      description = "The address becomes a contact of the agent. Approving again changes nothing.")
  RequestResponse approve(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Decision decision) {
    return RequestResponse.of(
        requests.approve(find(caller, id), caller.publicName(), reason(decision)));
  }

  @PostMapping("/contact-requests/{id}/reject")
  @Operation(
      operationId = "rejectContactRequest",
      summary = "Reject a contact request",
      description = "The agent sees the reason. Rejecting again changes nothing.")
  RequestResponse reject(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Decision decision) {
    return RequestResponse.of(
        requests.reject(find(caller, id), caller.publicName(), reason(decision)));
  }

  private ContactRequest find(Caller caller, UUID id) {
    return requests
        .find(id)
        .filter(one -> caller.sees(one.organization()))
        .orElseThrow(() -> new ResourceNotFound("contact request"));
  }

  private static ContactRequest.@Nullable Status status(@Nullable String word) {
    try {
      return word == null ? null : ContactRequest.Status.of(word);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("status", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String reason(@Nullable Decision decision) {
    return decision == null ? null : decision.reason();
  }
}
