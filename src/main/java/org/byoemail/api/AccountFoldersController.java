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
import org.byoemail.outbound.draft.DraftsFolders;
import org.byoemail.outbound.foldercopy.FolderSetting;
import org.byoemail.outbound.foldercopy.FolderSettingRefused;
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

/** Whether copies are kept in the Sent folder and the Drafts folder of an account. */
@RestController
@RequestMapping("/api/v1/accounts/{id}")
@Tag(name = "accounts")
class AccountFoldersController {
  private final AccountSetup setup;
  private final SentFolders sent;
  private final DraftsFolders drafts;

  AccountFoldersController(AccountSetup setup, SentFolders sent, DraftsFolders drafts) {
    this.setup = setup;
    this.sent = sent;
    this.drafts = drafts;
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

    static SentFolderResponse of(FolderSetting.State state) {
      return new SentFolderResponse(
          state.enabled(), state.folder(), state.waiting(), state.givenUp(), state.error());
    }
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
      @Schema(description = "copies that failed and wait until the draft or the setting changes")
          int givenUp,
      @Nullable String error) {

    static DraftsFolderResponse of(FolderSetting.State state) {
      return new DraftsFolderResponse(
          state.enabled(), state.folder(), state.waiting(), state.givenUp(), state.error());
    }
  }

  @GetMapping("/sent-folder")
  @Operation(operationId = "getSentFolder", summary = "Get the sent folder of an account")
  SentFolderResponse sentFolder(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return SentFolderResponse.of(sent.of(find(caller, id).id()));
  }

  @PutMapping("/sent-folder")
  @Operation(
      operationId = "setSentFolder",
      summary = "Set the sent folder of an account",
      description =
          "enabled: copies of what the account sends are put into its Sent folder by IMAP, unless the"
              + " server does so itself. folder: its name; without it, the one that the server marks"
              + " as such, or one with a usual name.")
  SentFolderResponse setSentFolder(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody SentFolderRequest request) {
    Account account = find(caller, id);
    boolean enabled = required("enabled", request.enabled());
    set(() -> sent.set(account, enabled, request.folder()));
    return SentFolderResponse.of(sent.of(account.id()));
  }

  @GetMapping("/drafts-folder")
  @Operation(operationId = "getDraftsFolder", summary = "Get the drafts folder of an account")
  DraftsFolderResponse draftsFolder(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return DraftsFolderResponse.of(drafts.of(find(caller, id).id()));
  }

  @PutMapping("/drafts-folder")
  @Operation(
      operationId = "setDraftsFolder",
      summary = "Set the drafts folder of an account",
      description =
          "mirrorDrafts: the account's unsent drafts are kept in its Drafts folder by IMAP, one way:"
              + " changes made there are not read. folder: its name; without it, the one that the"
              + " server marks as such, or one with a usual name. false removes the copies.")
  DraftsFolderResponse setDraftsFolder(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody DraftsFolderRequest request) {
    Account account = find(caller, id);
    boolean mirrored = required("mirrorDrafts", request.mirrorDrafts());
    set(() -> drafts.set(account, mirrored, request.folder()));
    return DraftsFolderResponse.of(drafts.of(account.id()));
  }

  private static boolean required(String field, @Nullable Boolean value) {
    if (value == null) {
      throw new FieldsRefused(field, "is required");
    }
    return value;
  }

  private static void set(Runnable change) {
    try {
      change.run();
    } catch (FolderSettingRefused e) {
      throw new FieldsRefused(e.field(), e.reason());
    }
  }

  private Account find(Caller caller, UUID id) {
    return setup
        .find(new AccountId(id))
        .map(AccountState::account)
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
