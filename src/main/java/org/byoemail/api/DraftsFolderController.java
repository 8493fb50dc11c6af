package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.draft.DraftsFolderRefusal;
import org.byoemail.outbound.draft.DraftsFolders;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether drafts are mirrored to the Drafts folder of an account. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/drafts-folder")
@Tag(name = "accounts")
class DraftsFolderController {
  private final AccountSetup setup;
  private final DraftsFolders folders;

  DraftsFolderController(AccountSetup setup, DraftsFolders folders) {
    this.setup = setup;
    this.folders = folders;
  }

  /** The setting that an operator requests. */
  @Schema(name = "DraftsFolderRequest")
  record DraftsFolderRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Boolean mirrorDrafts,
      @Nullable String folder) {}

  /** The setting, and the state of the copies. */
  @Schema(name = "DraftsFolder")
  record DraftsFolderResponse(
      boolean mirrorDrafts,
      @Nullable String folder,
      @Schema(description = "copies to be stored, replaced or removed") int waiting,
      @Schema(description = "copies for which that failed, until the draft or the setting changes")
          int givenUp,
      @Nullable String error) {

    static DraftsFolderResponse of(DraftsFolders.State state) {
      return new DraftsFolderResponse(
          state.mirrorDrafts(), state.folder(), state.waiting(), state.givenUp(), state.error());
    }
  }

  @GetMapping
  @Operation(operationId = "getDraftsFolder", summary = "Get the drafts folder of an account")
  DraftsFolderResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return DraftsFolderResponse.of(folders.of(find(caller, id).id()));
  }

  @PutMapping
  @Operation(
      operationId = "setDraftsFolder",
      summary = "Set the drafts folder of an account",
      description =
          "mirrorDrafts: the account's unsent drafts are kept in its Drafts folder by IMAP, one way:"
              + " what is changed there is not read. folder: its name; without it, the one that the"
              + " server marks as such, or names like it. false removes the copies.")
  DraftsFolderResponse set(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody DraftsFolderRequest request) {
    Account account = find(caller, id);
    if (request.mirrorDrafts() == null) {
      throw new FieldsRefused("mirrorDrafts", "is required");
    }
    try {
      folders.set(account, request.mirrorDrafts(), request.folder());
    } catch (DraftsFolderRefusal e) {
      throw new FieldsRefused(e.field(), e.reason());
    }
    return DraftsFolderResponse.of(folders.of(account.id()));
  }

  private Account find(Caller caller, UUID id) {
    return setup
        .find(new AccountId(id))
        .map(AccountState::account)
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
