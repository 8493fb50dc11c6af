package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewProposals;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Mail that waits for a person before it is sent. */
@RestController
@RequestMapping("/api/v1/reviews")
@Tag(name = "reviews")
class ReviewsController {
  private static final int MAX_SUBJECT = 1_000;
  private static final int MAX_TEXT = 1 << 20;
  private static final List<String> STATES =
      List.of("requested", "approved", "used", "rejected", "expired", "cancelled");

  private final ReviewDesk desk;
  private final ReviewProposals proposals;
  private final ResponseBudget budget;

  ReviewsController(ReviewDesk desk, ReviewProposals proposals, ResponseBudget budget) {
    this.proposals = proposals;
    this.desk = desk;
    this.budget = budget;
  }

  /**
   * A review.
   *
   * @param version the number of the version that is to be approved, or was
   * @param hash SHA-256 over the bytes of that version, its recipients and its transport
   * @param alike the same for mails of an agent that differ little
   * @param hasFindings whether its contents were found suspicious: never decided in bulk
   */
  @Schema(name = "Review")
  record ReviewResponse(
      UUID id,
      UUID messageId,
      String organization,
      UUID agent,
      @Schema(
              allowableValues = {
                "requested",
                "approved",
                "used",
                "rejected",
                "expired",
                "cancelled"
              })
          String state,
      int version,
      String hash,
      String subject,
      List<String> recipients,
      List<Review.Reason> reasons,
      boolean hasFindings,
      boolean fourEyes,
      String alike,
      Instant requestedAt,
      Instant dueAt,
      Instant expiresAt,
      @Nullable Instant decidedAt) {
    static ReviewResponse of(Review review) {
      return new ReviewResponse(
          review.id(),
          review.message().value(),
          review.organization().value(),
          review.agent().value(),
          review.state(),
          review.version().number(),
          review.version().hash(),
          review.version().subject(),
          review.version().recipients(),
          review.reasons(),
          review.hasFindings(),
          review.fourEyes(),
          review.alike(),
          review.requestedAt(),
          review.dueAt(),
          review.expiresAt(),
          review.decidedAt());
    }
  }

  /**
   * A review with what a reviewer needs.
   *
   * @param text of the message, cut after 65,536 characters
   * @param hasHtml whether it has HTML, which is in the mail itself
   * @param origins where each recipient comes from
   */
  @Schema(name = "ReviewDetails")
  record DetailsResponse(
      ReviewResponse review,
      String from,
      @Nullable String text,
      boolean hasHtml,
      List<RecipientOrigin> origins,
      List<VersionResponse> versions,
      List<DecisionResponse> decisions) {}

  /**
   * Where a recipient comes from.
   *
   * @param vouched whether somebody whose identity is proven, or a person, vouches for the address
   */
  @Schema(name = "RecipientOrigin")
  record RecipientOrigin(
      String address,
      @Schema(
              allowableValues = {
                "participant",
                "contact",
                "correspondent",
                "introduced",
                "named",
                "unknown"
              })
          String origin,
      boolean vouched) {}

  /** A version of the mail; each is kept. */
  @Schema(name = "ReviewVersion")
  record VersionResponse(
      int version,
      @Schema(allowableValues = {"agent", "reviewer"}) String madeBy,
      String hash,
      String subject,
      List<String> recipients,
      String transport,
      long size,
      Instant createdAt) {}

  /** A decision of a reviewer. */
  @Schema(name = "ReviewDecision")
  record DecisionResponse(
      int version,
      @Schema(allowableValues = {"approved", "rejected"}) String decision,
      String reviewer,
      @Nullable String reason,
      Instant decidedAt) {}

  /** What is approved. */
  @Schema(name = "ApproveRequest")
  record ApproveRequest(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description = "the one that was looked at")
          @Nullable Integer version,
      @Nullable EditsRequest edits,
      @Nullable
          @Schema(
              description =
                  "whether the recipients become contacts of the agent, when the mail is approved;"
                      + " needs agents:write")
          Boolean vouch) {}

  /** Changes; what is null stays. */
  @Schema(name = "ReviewEdits")
  record EditsRequest(
      @Nullable String subject,
      @Nullable String text,
      @Nullable @Schema(description = "empty: the mail has no HTML any more") String html) {}

  /** Why the mail is not sent. */
  @Schema(name = "RejectRequest")
  record RejectRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Integer version,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "the agent sees it")
          @Nullable String reason) {}

  @GetMapping
  @Operation(
      operationId = "listReviews",
      summary = "List reviews",
      description = "Mail that waits or waited for a person before it is sent, the oldest first.")
  Page<ReviewResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable UUID message,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    if (state != null && !STATES.contains(state)) {
      throw new FieldsRefused("state", "must be one of " + String.join(", ", STATES));
    }
    int rows = RequestParams.limit(limit);
    return Page.of(
        desk.list(
            new Reviews.Filter(
                RequestParams.organization(caller, organization),
                caller.scope(),
                state,
                agent,
                message),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        Review::id,
        ReviewResponse::of);
  }

  /**
   * A narrower policy for an agent whose mail is nearly always approved.
   *
   * @param decisions how many of the last decisions were examined
   * @param approved how many of them were approvals
   * @param ofOrganization whether the organization's sending policy requires the present policy: it
   *     must be changed, too
   * @param words the proposal as a sentence
   */
  @Schema(name = "ReviewProposal")
  record ProposalResponse(
      UUID agent,
      String agentName,
      String organization,
      int decisions,
      int approved,
      @Schema(description = "sendingPolicy.review.when as it applies now") String when,
      @Schema(description = "the proposed value") String proposed,
      boolean ofOrganization,
      String words) {
    static ProposalResponse of(ReviewProposals.Proposal one) {
      return new ProposalResponse(
          one.agent().value(),
          one.agentName(),
          one.organization().value(),
          ReviewProposals.DECISIONS,
          one.approved(),
          one.when().word(),
          one.proposed().word(),
          one.byOrganization(),
          one.words());
    }
  }

  /** The proposals. */
  @Schema(name = "ReviewProposals")
  record ProposalsResponse(List<ProposalResponse> items) {}

  @GetMapping("/proposals")
  @Operation(
      operationId = "listReviewProposals",
      summary = "List proposals for narrower reviews",
      description =
          "Agents for which more than 98 % of the last 200 decisions were approvals, each with a"
              + " narrower `sendingPolicy.review.when`. Nothing changes automatically.")
  ProposalsResponse proposals(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID agent) {
    return new ProposalsResponse(
        proposals
            .list(
                RequestParams.organization(caller, organization),
                caller.scope(),
                agent == null ? null : List.of(agent))
            .stream()
            .map(ProposalResponse::of)
            .toList());
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getReview",
      summary = "Get a review",
      description = "With the text of the mail, why it is reviewed, all versions and decisions.")
  DetailsResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    budget.take(MessageReader.MESSAGE_BYTES);
    ReviewDesk.Details details = desk.details(find(caller, id));
    return new DetailsResponse(
        ReviewResponse.of(details.review()),
        details.message().from(),
        details.message().text(),
        details.message().html() != null,
        desk.origins(details).entrySet().stream()
            .map(
                one ->
                    new RecipientOrigin(
                        one.getKey().value(), one.getValue().word(), one.getValue().isVouched()))
            .toList(),
        details.versions().stream()
            .map(
                one ->
                    new VersionResponse(
                        one.number(),
                        one.madeBy(),
                        one.hash(),
                        one.subject(),
                        one.recipients(),
                        one.transport(),
                        one.size(),
                        one.createdAt()))
            .toList(),
        details.decisions().stream()
            .map(
                one ->
                    new DecisionResponse(
                        one.version(), one.decision(), one.name(), one.reason(), one.decidedAt()))
            .toList());
  }

  @GetMapping("/{id}/versions/{version}/raw")
  @Operation(
      operationId = "getRawReview",
      summary = "Download a version of a mail in review",
      description = "The mail (message/rfc822) as it is sent, but for Date and the attempt's id.")
  @ApiResponse(
      responseCode = "200",
      description = "The mail.",
      content =
          @Content(
              mediaType = "message/rfc822",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<Resource> raw(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable int version) {
    InputStream mail =
        desk.open(find(caller, id), version).orElseThrow(() -> new ResourceNotFound("version"));
    return Downloads.answer(id + "-" + version + ".eml", "message/rfc822", -1, mail);
  }

  @PostMapping("/{id}/approve")
  @Operation(
      operationId = "approveReview",
      summary = "Approve a mail",
      description =
          "Approves exactly the version that is named, or, with edits, a new one. The mail is sent"
              + " once; approving it again changes nothing. With vouch, its recipients become contacts"
              + " of the agent, by the last approval that it needs. 409 if it was decided otherwise, has"
              + " ended, or has another version by now.")
  ReviewResponse approve(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody ApproveRequest request) {
    EditsRequest edits = request.edits();
    if (edits != null) {
      line("edits.subject", edits.subject(), MAX_SUBJECT);
      length("edits.text", edits.text());
      length("edits.html", edits.html());
    }
    return ReviewResponse.of(
        desk.approve(
            caller,
            find(caller, id),
            version(request.version()),
            edits == null
                ? new ReviewDesk.Edits(null, null, null)
                : new ReviewDesk.Edits(edits.subject(), edits.text(), edits.html()),
            Boolean.TRUE.equals(request.vouch())));
  }

  @PostMapping("/{id}/reject")
  @Operation(
      operationId = "rejectReview",
      summary = "Reject a mail",
      description = "The message is cancelled, and the agent sees the reason.")
  ReviewResponse reject(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody RejectRequest request) {
    if (request.reason() == null || request.reason().isBlank()) {
      throw new FieldsRefused("reason", "is required");
    }
    line("reason", request.reason(), ReviewDesk.MAX_REASON);
    return ReviewResponse.of(
        desk.reject(
            caller, find(caller, id), version(request.version()), request.reason().strip()));
  }

  private Review find(Caller caller, UUID id) {
    return desk.find(caller, id).orElseThrow(() -> new ResourceNotFound("review"));
  }

  private static int version(@Nullable Integer version) {
    if (version == null) {
      throw new FieldsRefused("version", "is required: the number of the version you looked at");
    }
    return version;
  }

  private static void line(String field, @Nullable String text, int max) {
    if (text != null && (text.length() > max || text.chars().anyMatch(Character::isISOControl))) {
      throw new FieldsRefused(field, "must be one line of at most " + max + " characters");
    }
  }

  private static void length(String field, @Nullable String text) {
    if (text != null && text.length() > MAX_TEXT) {
      throw new FieldsRefused(field, "must have at most " + MAX_TEXT + " characters");
    }
  }
}
