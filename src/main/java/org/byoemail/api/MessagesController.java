package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.composition.ComposedMail;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.dossier.Dossiers;
import org.byoemail.platform.dossier.MessageDossier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Messages of both directions. */
@RestController
@RequestMapping("/api/v1/messages")
@Tag(name = "messages")
class MessagesController {
  private final MessageReader reader;
  private final Outbox outbox;
  private final MessageSearches searches;
  private final Dossiers dossiers;

  MessagesController(
      MessageReader reader, Outbox outbox, MessageSearches searches, Dossiers dossiers) {
    this.dossiers = dossiers;
    this.searches = searches;
    this.reader = reader;
    this.outbox = outbox;
  }

  @GetMapping
  @Operation(
      operationId = "listMessages",
      summary = "List or search messages",
      description =
          "Messages, the newest first. With `q`, those that a full-text search finds: the newest"
              + " 5,000 hits by rank, then the others by time, with a `snippet`. Words,"
              + " \"phrases\", `or`, `-word`, and the operators `from:`, `to:`, `subject:`,"
              + " `agent:`, `label:`, `has:attachment`, `before:` and `after:`; with `q`, only"
              + " organization, cursor and limit.")
  Page<MessageEntry> list(
      @AuthenticationPrincipal Caller caller,
      @Parameter(description = "a full-text search, of at most 1000 characters")
          @RequestParam(required = false)
          @Nullable String q,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String direction,
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable String status,
      @Parameter(description = "the producer's id; with organization if the key has none")
          @RequestParam(required = false)
          @Nullable String submissionId,
      @Parameter(description = "only messages with this label") @RequestParam(required = false)
          @Nullable String label,
      @RequestParam(required = false) @Nullable String since,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    if (q != null) {
      Map<String, @Nullable Object> others = new LinkedHashMap<>();
      others.put("direction", direction);
      others.put("account", account);
      others.put("status", status);
      others.put("submissionId", submissionId);
      others.put("label", label);
      others.put("since", since);
      return search(
          caller, RequestParams.organization(caller, organization), q, others, cursor, rows);
    }
    MessageFilter filter =
        MessageFilter.read(
            RequestParams.organization(caller, organization),
            caller.scope(),
            direction,
            account,
            status,
            submissionId,
            label,
            since,
            cursor,
            rows + 1);
    return Page.of(
        reader.list(filter), rows, MessageReader.Item::cursor, MessageReader.Item::entry);
  }

  private Page<MessageEntry> search(
      Caller caller,
      @Nullable OrganizationId organization,
      String q,
      Map<String, @Nullable Object> others,
      @Nullable String cursor,
      int rows) {
    others.forEach(
        (name, value) -> {
          if (value != null) {
            throw new FieldsRefused(name, "cannot be given with q, which has operators");
          }
        });
    return searches.find(caller, organization, q, cursor, rows);
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getMessage",
      summary = "Get a message",
      description =
          "A message of either direction by its id, or an outbound one by the id of its submission:"
              + " if both match, the message with that id.")
  MessageResponse get(
      @AuthenticationPrincipal Caller caller,
      @Parameter(description = "id of the message (a UUID), or of its submission") @PathVariable
          String id,
      @Parameter(description = "organization of the submission, if the key sees every organization")
          @RequestParam(required = false)
          @Nullable String organization) {
    return reader.read(caller, id, RequestParams.organization(caller, organization));
  }

  @GetMapping("/{id}/raw")
  @Operation(
      operationId = "getRawMessage",
      summary = "Download the mail of a message",
      description = "The mail itself (message/rfc822).")
  @ApiResponse(
      responseCode = "200",
      description = "The mail.",
      content =
          @Content(
              mediaType = "message/rfc822",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<Resource> raw(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    ComposedMail mail = reader.raw(caller, id);
    return Downloads.answer(id + ".eml", "message/rfc822", mail.size(), mail.content());
  }

  @GetMapping("/{id}/why")
  @Operation(
      operationId = "explainMessage",
      summary = "Explain the state of a message",
      description =
          "Why the message waits, was refused or was let in: the gates that it came to, in order.")
  MessageWhy why(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return reader.why(caller, id);
  }

  @GetMapping("/{id}/dossier")
  @Operation(
      operationId = "getMessageDossier",
      summary = "Get the dossier of a message",
      description =
          "What happened to an outbound message, as entries of a signed chain, with all that is"
              + " needed to verify them without the database: java -jar byo-email.jar dossier verify"
              + " --file=FILE --key=FILE. Its first 200 entries.")
  MessageDossier dossier(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    OutboundDetails details =
        reader.outbound(caller, id).orElseThrow(() -> new ResourceNotFound("outbound message"));
    return dossiers.of(details.message().id(), details.message().organization());
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "cancelMessage",
      summary = "Cancel a message",
      description = "Cancels what has not left yet.")
  void cancel(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    change(caller, id, outbox::cancel);
  }

  @PostMapping("/{id}/resend")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "resendMessage",
      summary = "Send a failed message again",
      description = "Sends a failed message again, to those that it did not reach.")
  void resend(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    change(caller, id, outbox::resend);
  }

  @PostMapping("/{id}/release")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "releaseMessage",
      summary = "Release a held message",
      description = "Lets a held message leave now.")
  void release(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    change(caller, id, outbox::release);
  }

  private void change(Caller caller, UUID id, Predicate<StoredMessageId> action) {
    if (reader.outbound(caller, id).isEmpty() || !action.test(new StoredMessageId(id))) {
      throw new ResourceNotFound("outbound message");
    }
  }
}
