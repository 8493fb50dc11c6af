package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.operations.setup.ReviewerSetup;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The people who are asked by mail to decide on reviews. */
@RestController
@RequestMapping("/api/v1/reviewers")
@Tag(name = "reviews")
class ReviewersController {
  private final ReviewerSetup setup;
  private final MailReviewers reviewers;
  private final ReviewMails mails;

  ReviewersController(ReviewerSetup setup, MailReviewers reviewers, ReviewMails mails) {
    this.setup = setup;
    this.reviewers = reviewers;
    this.mails = mails;
  }

  /** The person to be asked. */
  @Schema(name = "ReviewerRequest")
  record ReviewerRequest(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description = "not an address that an account of this gateway reads")
          @Nullable String address,
      @Nullable @Schema(description = "agents whose mail the person is asked about; none: all")
          List<UUID> agents,
      @Nullable
          @Schema(
              allowableValues = {"login", "code"},
              description =
                  "login (default): after a login to the console; code: on the page of the link,"
                      + " with a code that you give the person by a channel other than mail")
          String decidesBy,
      @Nullable String organization) {}

  /** A reviewer who is asked by mail. */
  @Schema(name = "Reviewer")
  record ReviewerResponse(
      UUID id,
      String organization,
      String address,
      List<UUID> agents,
      @Schema(allowableValues = {"login", "code"}) String decidesBy,
      @Schema(
              description =
                  "whether wrong codes have locked the link to a waiting mail: make a new code")
          boolean locked,
      @Nullable
          @Schema(description = "why mail for a waiting review, or to confirm, could not be sent")
          String lastError,
      Instant createdAt,
      @Nullable
          @Schema(
              description =
                  "when the person confirmed the address by the link mailed there; null:"
                      + " unconfirmed, so no reviews are mailed")
          Instant confirmedAt,
      @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable
          @Schema(description = "only in the response that creates it")
          String code) {
    @Override
    public String toString() {
      return "reviewer " + id;
    }
  }

  @GetMapping
  @Operation(
      operationId = "listReviewers",
      summary = "List reviewers who are asked by mail",
      description = "The oldest first.")
  Page<ReviewerResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    List<MailReviewer> found =
        reviewers.list(
            RequestParams.organization(caller, organization),
            RequestParams.cursor(cursor),
            rows + 1);
    Map<UUID, ReviewMails.State> states = mails.states(found);
    return Page.of(found, rows, MailReviewer::id, one -> response(one, states, null));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "createReviewer",
      summary = "Name a reviewer who is asked by mail",
      description =
          "The person is sent a mail with a link to confirm the address. From then on, each review of"
              + " these agents is mailed to the person, with a link to a page that shows the"
              + " mail. Opening it changes nothing; deciding takes a login, or the code that only"
              + " this response has. 409 while mail cannot be sent to reviewers, or if the person"
              + " is a reviewer already.")
  ReviewerResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody ReviewerRequest request) {
    MailReviewers.NewReviewer created =
        setup.create(
            RequestParams.organizationOrDefault(caller, request.organization()),
            new ReviewerSetup.Draft(request.address(), request.agents(), request.decidesBy()),
            ReviewDesk.idOf(caller));
    return response(created.reviewer(), Map.of(), created.code());
  }

  @PostMapping("/{id}/code")
  @Operation(
      operationId = "rotateReviewerCode",
      summary = "Make a new code for a reviewer",
      description = "The previous code no longer works. 409 if the reviewer decides by login.")
  ReviewerResponse renew(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    MailReviewer reviewer = find(caller, id);
    String code = setup.renewCode(reviewer, ReviewDesk.idOf(caller));
    return response(find(caller, id), mails.states(List.of(reviewer)), code);
  }

  @PostMapping("/{id}/confirmation")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "requestReviewerConfirmation",
      summary = "Send a reviewer the mail to confirm the address again",
      description =
          "409 if the address is confirmed, if mail cannot be sent to reviewers, or after three such"
              + " mails within the hour.")
  ReviewerResponse confirmation(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    MailReviewer reviewer = find(caller, id);
    setup.askToConfirm(reviewer);
    return response(reviewer, mails.states(List.of(reviewer)), null);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "deleteReviewer",
      summary = "Remove a reviewer",
      description = "Links that were mailed to the person no longer work.")
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    setup.remove(find(caller, id));
  }

  private MailReviewer find(Caller caller, UUID id) {
    return reviewers
        .find(id)
        .filter(one -> caller.sees(one.organization()))
        .orElseThrow(() -> new ResourceNotFound("reviewer"));
  }

  private static ReviewerResponse response(
      MailReviewer reviewer, Map<UUID, ReviewMails.State> states, @Nullable String code) {
    ReviewMails.State state = states.getOrDefault(reviewer.id(), ReviewMails.State.NONE);
    return new ReviewerResponse(
        reviewer.id(),
        reviewer.organization().value(),
        reviewer.address().value(),
        reviewer.agents(),
        reviewer.byCode() ? "code" : "login",
        state.locked(),
        state.lastError(),
        reviewer.createdAt(),
        reviewer.confirmedAt(),
        code);
  }
}
