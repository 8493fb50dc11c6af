package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.mailbox.MailboxAction;
import org.byoemail.inbound.mailbox.MailboxAction.Kind;
import org.byoemail.inbound.mailbox.MailboxActions;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Marks, flags, moves and deletes mails in their mailboxes. */
@RestController
@RequestMapping("/api/v1/messages/{id}/mailbox-actions")
@Tag(name = "messages")
class MailboxActionsController {
  private static final int MAX_FOLDER = 200;

  private final MailboxActions actions;
  private final MessageReader reader;

  MailboxActionsController(MailboxActions actions, MessageReader reader) {
    this.actions = actions;
    this.reader = reader;
  }

  /** What is to be done. */
  @Schema(name = "MailboxActionRequest")
  record ActionRequest(
      @Nullable
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"mark_read", "mark_unread", "flag", "unflag", "move", "delete"})
          String action,
      @Nullable
          @Schema(
              description = "where `move` moves the mail to; created if absent",
              maxLength = 200)
          String folder) {}

  /** What is to be done, or was. */
  @Schema(name = "MailboxAction")
  record ActionResponse(
      UUID id,
      @Schema(allowableValues = {"mark_read", "mark_unread", "flag", "unflag", "move", "delete"})
          String action,
      @Nullable String folder,
      @Schema(allowableValues = {"waiting", "done", "failed"}) String status,
      @Schema(description = "why it failed") @Nullable String error,
      Instant requestedAt,
      @Nullable Instant finishedAt) {
    static ActionResponse of(MailboxAction action) {
      return new ActionResponse(
          action.id(),
          action.kind().word(),
          action.folder(),
          action.status(),
          action.error(),
          action.requestedAt(),
          action.finishedAt());
    }
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "createMailboxAction",
      summary = "Mark, flag, move or delete a mail in its mailbox",
      description =
          "Requests that something is done with an inbound mail in the mailbox that it was read from."
              + " The node that watches the mailbox does it, within seconds as a rule; what is stored"
              + " here of the mail stays. Requests for one mailbox are done in their order.")
  ActionResponse request(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody ActionRequest request) {
    Kind kind = kind(request.action());
    String folder = folder(kind, request.folder());
    InboxEntry mail = find(caller, id);
    return ActionResponse.of(
        actions.request(
            new MailboxActions.Target(mail.id(), mail.organization(), mail.account()),
            kind,
            folder));
  }

  @GetMapping
  @Operation(
      operationId = "listMailboxActions",
      summary = "List what was requested for a mail in its mailbox",
      description = "The latest 100 requests of the last 30 days, the newest first.")
  Page<ActionResponse> list(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return new Page<>(
        actions.list(find(caller, id).id()).stream().map(ActionResponse::of).toList(), null);
  }

  private InboxEntry find(Caller caller, UUID id) {
    return reader.mail(caller, id).orElseThrow(() -> new ResourceNotFound("inbound message"));
  }

  private static Kind kind(@Nullable String word) {
    if (word == null) {
      throw new FieldsRefused("action", "is missing");
    }
    return Kind.of(word)
        .orElseThrow(
            () ->
                new FieldsRefused(
                    "action",
                    "must be one of "
                        + Arrays.stream(Kind.values())
                            .map(Kind::word)
                            .collect(Collectors.joining(", "))));
  }

  private static @Nullable String folder(Kind kind, @Nullable String folder) {
    if (kind != Kind.MOVE) {
      if (folder != null) {
        throw new FieldsRefused("folder", "is for move only");
      }
      return null;
    }
    if (folder == null
        || folder.isBlank()
        || folder.length() > MAX_FOLDER
        || folder.codePoints().anyMatch(Character::isISOControl)) {
      throw new FieldsRefused(
          "folder", "must be the name of a folder: a line of 1 to " + MAX_FOLDER + " characters");
    }
    return folder;
  }
}
