package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
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
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.outbox.DryRun;
import org.byoemail.outbound.submission.ReadingBudget;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.access.Caller;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts submissions, as the queue does. */
@RestController
@Tag(name = "messages")
class SubmissionsController {
  private final SubmissionReader reader;
  private final HttpSubmissions submissions;
  private final Batches batches;
  private final DryRun dryRun;

  SubmissionsController(
      SubmissionReader reader, HttpSubmissions submissions, Batches batches, DryRun dryRun) {
    this.batches = batches;
    this.dryRun = dryRun;
    this.reader = reader;
    this.submissions = submissions;
  }

  /** Describes the body of an operation that takes a submission. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema = @Schema(ref = "#/components/schemas/Submission")))
  @interface SubmissionBody {}

  /** The response to an accepted submission. */
  record Accepted(
      @Schema(description = "the producer's own") String id,
      @Schema(description = "the gateway's") UUID messageId) {

    static Accepted of(Submissions.Accepted accepted) {
      return new Accepted(accepted.submissionId(), accepted.messageId().value());
    }
  }

  @PostMapping(path = "/api/v1/messages", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "sendMessage",
      summary = "Send a message",
      description =
          "Submits an email. With an id, in the body or as the Idempotency-Key header, a request that"
              + " is repeated sends it once.")
  @SubmissionBody
  @AcceptedResponses
  @ApiResponse(
      responseCode = "400",
      description = "The submission, or the header, is refused: `errors` names the fields.",
      content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE))
  @ApiResponse(
      responseCode = "409",
      description = "Its id was used before for another submission.",
      content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE))
  @IdempotencyKey.Documented
  ResponseEntity<Accepted> submit(
      @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    return submissions.accept(caller, request, key -> reader.read(body, key));
  }

  @PostMapping(path = "/api/v1/messages/batch", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "sendMessages",
      summary = "Send several messages",
      description =
          "Submits up to 100 emails, each as if it was submitted alone: `results` says for each, in"
              + " the same order, whether it is new (`accepted`), was submitted before (`replayed`),"
              + " is refused (`rejected`, with the `problem`), or is to be submitted again with the"
              + " same id (`failed`). None of them fails the others. Give each an `id`, so that a"
              + " batch that is repeated sends each email once; the Idempotency-Key header is refused.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema = @Schema(ref = "#/components/schemas/Batch")))
  SubmittedBatch batch(
      @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    if (request.getHeader(IdempotencyKey.HEADER) != null) {
      throw new FieldsRefused(
          IdempotencyKey.HEADER,
          "is not supported for batches: set `id` on each item of `messages`");
    }
    return submissions.within(request, () -> batches.accept(HttpSubmissions.source(caller), body));
  }

  @PostMapping(path = "/api/v1/messages/validate", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "validateMessage",
      summary = "Try a submission without sending it",
      description =
          "Says what would become of a submission, gate by gate, and stores nothing. What would not be"
              + " accepted is refused as when it is submitted.")
  @SubmissionBody
  DryRun.Result validate(
      @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    try (ReadingBudget.Room room = submissions.room(request)) {
      return dryRun.of(HttpSubmissions.source(caller), reader.read(body));
    }
  }
}
