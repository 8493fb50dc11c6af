package org.byoemail.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.Optional;
import java.util.UUID;
import org.byoemail.api.Replies.Kind;
import org.byoemail.api.Replies.Original;
import org.byoemail.api.SubmissionsController.Accepted;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
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
@ApiResponse(responseCode = "202", description = "It is new, and will be sent.")
@ApiResponse(
    responseCode = "200",
    description = "It was submitted before: the same response again.",
    headers =
        @Header(
            name = IdempotencyKey.REPLAYED,
            description = "true",
            schema = @Schema(type = "boolean")))
class RepliesController {
  private final Replies replies;
  private final SubmissionReader reader;
  private final Submissions submissions;
  private final HttpSubmissions http;

  RepliesController(
      Replies replies, SubmissionReader reader, Submissions submissions, HttpSubmissions http) {
    this.replies = replies;
    this.reader = reader;
    this.submissions = submissions;
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
    return http.answer(
        request,
        key -> {
          ObjectNode asked = reader.json(body, key);
          SubmissionSource source = HttpSubmissions.source(caller);
          String digest = reader.digest(asked, kind + " " + id);
          return repeated(caller, id, source, asked, digest)
              .orElseGet(
                  () -> {
                    replies.complete(original(caller, id), kind, asked);
                    return submissions.accept(source, reader.read(asked, digest));
                  });
        });
  }

  private Original original(Caller caller, UUID id) {
    Original original = replies.original(caller, id);
    // Its recipients and its text leave with the mail.
    if (!caller.may(Permission.MESSAGES_READ)) {
      throw new PermissionMissing(Permission.MESSAGES_READ);
    }
    return original;
  }

  /** Before the message is looked at: it, or what is made of it, may have changed since. */
  private Optional<Submissions.Accepted> repeated(
      Caller caller, UUID message, SubmissionSource source, ObjectNode asked, String digest) {
    String id = asked.path("id").textValue();
    return id == null
        ? Optional.empty()
        : replies
            .organization(caller, message)
            .flatMap(owner -> submissions.repeated(source, owner, id, digest));
  }
}
