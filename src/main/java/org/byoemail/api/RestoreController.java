package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.byoemail.outbound.reconciliation.RestoredMail;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.restore.RestoreDetection;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Whether the database was restored from a backup, and the reconciliation of queued mail. */
@RestController
@RequestMapping("/api/v1/restore")
@Tag(name = "restore")
class RestoreController {
  private final RestoreDetection restore;
  private final RestoredMail mail;

  RestoreController(RestoreDetection restore, RestoredMail mail) {
    this.restore = restore;
    this.mail = mail;
  }

  /**
   * The state of a restore; all fields but the first are null if absent.
   *
   * @param remaining queued mails that are still to be reconciled
   */
  @Schema(name = "Restore")
  record RestoreResponse(
      boolean restored,
      @Nullable Instant foundAt,
      @Nullable Instant backupAt,
      @Nullable String reason,
      @Nullable Boolean behind,
      @Nullable Instant reconcilingSince,
      @Nullable Long remaining,
      @Nullable Integer found,
      @Nullable Integer held) {}

  /**
   * What to do.
   *
   * @param moved whether nothing ran on the old database after it was copied; null: false
   */
  @Schema(name = "Reconciliation")
  record ReconciliationRequest(@Nullable Boolean moved) {}

  @GetMapping
  @Operation(
      operationId = "getRestore",
      summary = "Get the state after a restore",
      description =
          "Whether sending is stopped because the database was restored from a backup. For keys of"
              + " all organizations.")
  RestoreResponse get(@AuthenticationPrincipal Caller caller) {
    RequestParams.requireAllOrganizations(caller);
    return restore
        .restored()
        .map(
            state ->
                new RestoreResponse(
                    true,
                    state.foundAt(),
                    state.backupAt(),
                    state.reason(),
                    state.behind(),
                    state.reconcilingSince(),
                    mail.remaining(state.foundAt()),
                    state.found(),
                    state.held()))
        .orElseGet(
            () -> new RestoreResponse(false, null, null, null, null, null, null, null, null));
  }

  @PostMapping("/reconcile")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "reconcileRestore",
      summary = "Reconcile mail after a restore",
      description =
          "Looks up mail that was queued when the backup was made in Sent folders: what is found"
              + " becomes sent, the rest is held for a person; then sending resumes. With `moved`,"
              + " if nothing ran on the old database after it was copied, sending resumes at once."
              + " Answers 409 if there is nothing to reconcile. For keys of all organizations.")
  void reconcile(
      @AuthenticationPrincipal Caller caller,
      @RequestBody(required = false) @Nullable ReconciliationRequest request) {
    RequestParams.requireAllOrganizations(caller);
    restore.reconcile(request != null && Boolean.TRUE.equals(request.moved()));
  }
}
