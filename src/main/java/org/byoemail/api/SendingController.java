package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.delivery.SendingStops;
import org.byoemail.outbound.outbox.SendingPause;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Pauses the sending of all accounts, and stops the sending of agents and organizations. */
@RestController
@RequestMapping("/api/v1/sending")
@Tag(name = "sending")
class SendingController {
  private static final int MAX_STOPS = 1000;

  private final SendingPause pause;
  private final SendingStops stops;
  private final Agents agents;

  SendingController(SendingPause pause, SendingStops stops, Agents agents) {
    this.pause = pause;
    this.stops = stops;
    this.agents = agents;
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
    RequestParams.requireAllOrganizations(caller);
    pause.pause(caller.name());
  }

  @PostMapping("/resume")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "resumeSending",
      summary = "Resume all sending",
      description = "Lets mail leave again.")
  void resume(@AuthenticationPrincipal Caller caller) {
    RequestParams.requireAllOrganizations(caller);
    pause.end();
  }

  /** A stop. */
  @Schema(name = "SendingStop")
  record StopResponse(
      String organization,
      @Schema(description = "null: all agents of the organization") @Nullable UUID agent,
      @Nullable String agentName,
      String stoppedBy,
      @Nullable String reason,
      Instant stoppedAt) {
    static StopResponse of(SendingStops.Stop stop) {
      return new StopResponse(
          stop.organization().value(),
          stop.agent() == null ? null : stop.agent().value(),
          stop.agentName(),
          stop.stoppedBy(),
          stop.reason(),
          stop.stoppedAt());
    }
  }

  /** What is to be stopped. */
  @Schema(name = "NewSendingStop")
  record StopRequest(
      @Schema(description = "the agent; null: all agents of the organization") @Nullable UUID agent,
      @Schema(
              description =
                  "of the stop; needed by keys of all organizations unless agent is given")
          @Nullable String organization,
      @Schema(maxLength = 500) @Nullable String reason) {}

  @GetMapping("/stops")
  @Operation(
      operationId = "listSendingStops",
      summary = "List sending stops",
      description =
          "The agents and organizations whose mail waits until a person starts it again, at most 1,000.")
  Page<StopResponse> stops(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization) {
    return new Page<>(
        stops.list(RequestParams.organization(caller, organization), MAX_STOPS).stream()
            .filter(
                stop ->
                    caller.scope() == null
                        || stop.agent() == null
                        || caller.scope().agents().contains(stop.agent().value()))
            .map(StopResponse::of)
            .toList(),
        null);
  }

  @PostMapping("/stops")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "stopSending",
      summary = "Stop an agent or an organization",
      description =
          "From now on, no node begins an attempt of that agent, or of any agent of the organization. Attempts"
              + " that have begun are finished; everything else waits, and submissions are still"
              + " accepted. Stopping again changes nothing.")
  void stop(@AuthenticationPrincipal Caller caller, @RequestBody StopRequest request) {
    Owner owner = owner(caller, request.agent(), request.organization());
    try {
      stops.stop(owner.organization(), owner.agent(), caller.publicName(), request.reason());
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("reason", String.valueOf(e.getMessage()));
    }
  }

  @DeleteMapping("/stops")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "startSending",
      summary = "Start an agent or an organization again",
      description =
          "Ends a stop: what waits leaves. Without a stop, nothing changes. A stop of the organization is not ended by naming an agent.")
  void start(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable String organization) {
    Owner owner = owner(caller, agent, organization);
    stops.start(owner.organization(), owner.agent());
  }

  private record Owner(OrganizationId organization, @Nullable AgentId agent) {}

  private Owner owner(Caller caller, @Nullable UUID agent, @Nullable String organization) {
    OrganizationId asked = RequestParams.organization(caller, organization);
    if (agent == null) {
      if (asked == null) {
        throw new FieldsRefused("organization", "is required unless agent is given");
      }
      return new Owner(asked, null);
    }
    Agent found =
        agents
            .find(new AgentId(agent))
            .filter(one -> caller.sees(one.organization()))
            .filter(one -> asked == null || asked.equals(one.organization()))
            .orElseThrow(() -> new FieldsRefused("agent", "is no agent that you may see"));
    return new Owner(found.organization(), found.id());
  }
}
