package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.outbox.DeadLetter;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Messages and submissions that have failed permanently. */
@RestController
@RequestMapping("/api/v1/dead-letters")
@Tag(name = "dead letters")
class DeadLettersController {
  private final DeadLetters letters;

  DeadLettersController(DeadLetters letters) {
    this.letters = letters;
  }

  /** A dead letter in a response. */
  @Schema(name = "DeadLetter")
  record DeadLetterResponse(
      UUID id,
      @Schema(allowableValues = {"message", "submission"}) String kind,
      @Nullable String organization,
      @Nullable String submissionId,
      @Nullable String from,
      @Nullable String subject,
      @Schema(allowableValues = {"failed", "partially_failed", "expired", "rejected"})
          String status,
      @Schema(description = "why it failed, in a sentence") String explanation,
      boolean canBeResent,
      Instant at) {

    static DeadLetterResponse of(DeadLetter letter) {
      return new DeadLetterResponse(
          letter.id(),
          letter.isMessage() ? "message" : "submission",
          OrganizationId.valueOrNull(letter.organization()),
          letter.submissionId(),
          letter.from(),
          letter.subject(),
          letter.status(),
          letter.explanation(),
          letter.canBeResent(),
          letter.at());
    }
  }

  @GetMapping
  @Operation(
      operationId = "listDeadLetters",
      summary = "List dead letters",
      description =
          "Messages that failed, wholly or for some recipients, and submissions from the queue that"
              + " were rejected, the newest first.")
  Page<DeadLetterResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        letters.list(
            RequestParams.organization(caller, organization),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        DeadLetter::id,
        DeadLetterResponse::of);
  }

  @PostMapping("/{id}/resend")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "resendDeadLetter",
      summary = "Submit a dead letter again",
      description =
          "Sends a message again to those that it did not reach, or hands a rejected submission in"
              + " again.")
  void resend(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    boolean visible =
        letters
            .find(id)
            .filter(
                letter ->
                    caller.organization() == null
                        || letter.organization() != null && caller.sees(letter.organization()))
            .isPresent();
    if (!visible || !letters.resend(id)) {
      throw new ResourceNotFound("dead letter");
    }
  }
}
