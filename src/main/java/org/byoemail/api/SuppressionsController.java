package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.SuppressionEvidence;
import org.byoemail.outbound.suppression.SuppressionReason;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.outbound.suppression.Unsubscriptions;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Suppressed addresses, to which nothing is sent. */
@RestController
@RequestMapping("/api/v1/suppressions")
@Tag(name = "suppressions")
class SuppressionsController {
  private static final int MAX_NOTE = 500;

  /** More agents than one address unsubscribes from. */
  private static final int MAX_OF_ADDRESS = 1000;

  private final Suppressions suppressions;
  private final Unsubscriptions unsubscriptions;
  private final Clock clock;

  SuppressionsController(Suppressions suppressions, Unsubscriptions unsubscriptions, Clock clock) {
    this.unsubscriptions = unsubscriptions;
    this.clock = clock;
    this.suppressions = suppressions;
  }

  /** The body of a request that suppresses an address. */
  @Schema(name = "SuppressionRequest")
  record SuppressionRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address,
      @Nullable String organization,
      @Nullable @Schema(description = "why, in a person's words") String note,
      @Nullable @Schema(description = "null: until it is lifted") Instant expiresAt) {}

  /** A suppression in a response. */
  @Schema(name = "Suppression")
  record SuppressionResponse(
      UUID id,
      String organization,
      String address,
      @Nullable
          @Schema(
              description =
                  "the only agent that sends nothing to it, since its owner unsubscribed; null: no"
                      + " agent does")
          UUID agent,
      String reason,
      String source,
      @Nullable String enhancedStatus,
      @Nullable @Schema(description = "what the server said, or a person's note") String words,
      @Nullable UUID messageId,
      @Nullable UUID attemptId,
      @Nullable UUID bounceId,
      Instant createdAt,
      @Nullable Instant expiresAt) {

    static SuppressionResponse of(Suppression one) {
      SuppressionEvidence evidence = one.evidence();
      return new SuppressionResponse(
          one.id(),
          one.organization().value(),
          one.address().value(),
          one.agent() == null ? null : one.agent().value(),
          one.reason().word(),
          evidence.source().word(),
          evidence.code(),
          evidence.words(),
          StoredMessageId.valueOrNull(evidence.message()),
          evidence.attempt() == null ? null : evidence.attempt().value(),
          evidence.bounce(),
          one.createdAt(),
          one.expiresAt());
    }
  }

  @GetMapping
  @Operation(
      operationId = "listSuppressions",
      summary = "List suppressions",
      description = "Addresses that nothing is sent to now, the newest first.")
  Page<SuppressionResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String address,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        suppressions.list(
            RequestParams.organization(caller, organization),
            address == null ? null : AddressField.read(address),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        Suppression::id,
        SuppressionResponse::of);
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "createSuppression",
      summary = "Suppress an address",
      description = "Suppresses an address; what lasts longer already stays as it is.")
  SuppressionResponse add(
      @AuthenticationPrincipal Caller caller, @RequestBody SuppressionRequest request) {
    EmailAddress address = AddressField.read(request.address());
    String note = request.note();
    if (note != null && note.length() > MAX_NOTE) {
      throw new FieldsRefused("note", "must have at most " + MAX_NOTE + " characters");
    }
    if (request.expiresAt() != null && !request.expiresAt().isAfter(clock.instant())) {
      throw new FieldsRefused("expiresAt", "must be in the future");
    }
    OrganizationId organization =
        RequestParams.organizationOrDefault(caller, request.organization());
    suppressions.suppress(
        organization,
        address,
        SuppressionReason.MANUAL,
        SuppressionEvidence.note(note),
        request.expiresAt());
    return suppressions.list(organization, address, null, MAX_OF_ADDRESS).stream()
        .filter(one -> one.agent() == null)
        .findFirst()
        .map(SuppressionResponse::of)
        .orElseThrow(() -> new ResourceNotFound("suppression"));
  }

  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "deleteSuppression",
      summary = "Lift a suppression",
      description =
          "Sends to an address again, from the next mail on. With agent: what that agent alone does"
              + " not send, since the address unsubscribed from it.")
  void lift(
      @AuthenticationPrincipal Caller caller,
      @RequestParam String address,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable String organization) {
    OrganizationId owner = RequestParams.organizationOrDefault(caller, organization);
    EmailAddress lifted = AddressField.read(address);
    if (agent == null
        ? !suppressions.lift(owner, lifted)
        : !unsubscriptions.lift(owner, new AgentId(agent), lifted)) {
      throw new ResourceNotFound("suppression");
    }
  }
}
