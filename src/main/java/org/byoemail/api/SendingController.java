package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.byoemail.outbound.outbox.SendingPause;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Pauses and resumes the sending of all accounts. */
@RestController
@RequestMapping("/api/v1/sending")
@Tag(name = "sending")
class SendingController {
  private final SendingPause pause;

  SendingController(SendingPause pause) {
    this.pause = pause;
  }

  /** Whether sending is paused. */
  @Schema(name = "Sending")
  record SendingResponse(boolean paused, @Nullable String pausedBy, @Nullable Instant pausedAt) {}

  @GetMapping
  @Operation(
      operationId = "getSending",
      summary = "Get the state of sending",
      description = "Whether mail leaves. Only keys of all organizations see who paused.")
  SendingResponse get(@AuthenticationPrincipal Caller caller) {
    return pause
        .state()
        .map(
            state ->
                new SendingResponse(
                    true,
                    caller.organization() == null ? state.pausedBy() : null,
                    state.pausedAt()))
        .orElse(new SendingResponse(false, null, null));
  }

  @PostMapping("/pause")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "pauseSending",
      summary = "Pause all sending",
      description = "Lets nothing leave on any node; submissions are still accepted.")
  void pause(@AuthenticationPrincipal Caller caller) {
    requireAllOrganizations(caller);
    pause.pause(caller.name());
  }

  @PostMapping("/resume")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "resumeSending",
      summary = "Resume all sending",
      description = "Lets mail leave again.")
  void resume(@AuthenticationPrincipal Caller caller) {
    requireAllOrganizations(caller);
    pause.end();
  }

  private static void requireAllOrganizations(Caller caller) {
    if (caller.organization() != null) {
      throw new OrganizationForbidden(caller.organization());
    }
  }
}
