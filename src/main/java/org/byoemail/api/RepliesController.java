package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.UUID;
import org.byoemail.api.Replies.Kind;
import org.byoemail.api.SubmissionsController.Accepted;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.platform.access.Caller;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Replies to messages and forwards them: submissions that take from the message what they lack. */
@RestController
@RequestMapping(path = "/api/v1/messages/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "messages")
@AcceptedResponses
class RepliesController {
  private final SubmittedReplies replies;
  private final SubmissionReader reader;
  private final HttpSubmissions http;

  RepliesController(SubmittedReplies replies, SubmissionReader reader, HttpSubmissions http) {
    this.replies = replies;
    this.reader = reader;
    this.http = http;
  }

  /** Describes the body: a submission that need not have everything. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema = @Schema(ref = "#/components/schemas/Reply")))
  private @interface ReplyBody {}

  @PostMapping("/reply")
  @Operation(
      operationId = "replyToMessage",
      summary = "Reply to a message",
      description =
          "Replies to the author of a message. The body is a submission"
              + " (`/api/v1/schema/submission.schema.json`) without `to` and `inReplyTo`; `from` and"
              + " `subject` come from the message unless given."
              + " `quote: true` adds its text. Its Reply-To is used only if the agent has written to that"
              + " address in the conversation, or with `useReplyTo: true`. Needs messages:read, too.")
  @ReplyBody
  @IdempotencyKey.Documented
  ResponseEntity<Accepted> reply(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    return submit(caller, id, Kind.REPLY, request, body);
  }

  @PostMapping("/reply-all")
  @Operation(
      operationId = "replyToAll",
      summary = "Reply to all recipients of a message",
      description =
          "Like `/reply`, with the other recipients in Cc, without the agent's own address. Needs"
              + " messages:read, too.")
  @ReplyBody
  @IdempotencyKey.Documented
  ResponseEntity<Accepted> replyAll(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    return submit(caller, id, Kind.REPLY_ALL, request, body);
  }

  @PostMapping("/forward")
  @Operation(
      operationId = "forwardMessage",
      summary = "Forward a message",
      description =
          "Forwards a message to the recipients of the body, a submission without `inReplyTo`: its text"
              + " is added, and its attachments unless `withAttachments: false`. Needs messages:read,"
              + " too.")
  @ReplyBody
  @IdempotencyKey.Documented
  ResponseEntity<Accepted> forward(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(hidden = true) HttpServletRequest request,
      InputStream body) {
    return submit(caller, id, Kind.FORWARD, request, body);
  }

  private ResponseEntity<Accepted> submit(
      Caller caller, UUID id, Kind kind, HttpServletRequest request, InputStream body) {
    return http.answer(request, key -> replies.submit(caller, id, kind, reader.json(body, key)));
  }
}
