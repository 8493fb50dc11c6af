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
import org.byoemail.outbound.sentfolder.SentFolderRefusal;
import org.byoemail.outbound.sentfolder.SentFolders;
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

/** Whether copies of sent mails are stored in the Sent folder of an account. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/sent-folder")
@Tag(name = "accounts")
class SentFolderController {
  private final AccountSetup setup;
  private final SentFolders folders;

  SentFolderController(AccountSetup setup, SentFolders folders) {
    this.setup = setup;
    this.folders = folders;
  }

  /** The setting that an operator requests. */
  @Schema(name = "SentFolderRequest")
  record SentFolderRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Boolean enabled,
      @Nullable String folder) {}

  /** The setting, and the state of the copies. */
  @Schema(name = "SentFolder")
  record SentFolderResponse(
      boolean enabled, @Nullable String folder, int waiting, int givenUp, @Nullable String error) {

    static SentFolderResponse of(SentFolders.State state) {
      return new SentFolderResponse(
          state.enabled(), state.folder(), state.waiting(), state.givenUp(), state.error());
    }
  }

  @GetMapping
  @Operation(operationId = "getSentFolder", summary = "Get the sent folder of an account")
  SentFolderResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return SentFolderResponse.of(folders.of(find(caller, id).id()));
  }

  @PutMapping
  @Operation(
      operationId = "setSentFolder",
      summary = "Set the sent folder of an account",
      description =
          "enabled: copies of what the account sends are put into its Sent folder by IMAP, unless the"
              + " server does so itself. folder: its name; without it, the one that the server marks"
              + " as such, or names like it.")
  SentFolderResponse set(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody SentFolderRequest request) {
    Account account = find(caller, id);
    if (request.enabled() == null) {
      throw new FieldsRefused("enabled", "is required");
    }
    try {
      folders.set(account, request.enabled(), request.folder());
    } catch (SentFolderRefusal e) {
      throw new FieldsRefused(e.field(), e.reason());
    }
    return SentFolderResponse.of(folders.of(account.id()));
  }

  private Account find(Caller caller, UUID id) {
    return setup
        .find(new AccountId(id))
        .map(AccountState::account)
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
