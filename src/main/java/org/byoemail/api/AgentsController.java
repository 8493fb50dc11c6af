package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.inbound.ingest.HeldCorrespondents;
import org.byoemail.inbound.ingest.HeldMails;
import org.byoemail.inbound.ingest.TrustedWay;
import org.byoemail.inbound.ingest.TrustedWays;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Agents: the owners of addresses and conversations. */
@RestController
@RequestMapping("/api/v1/agents")
@Tag(name = "agents")
class AgentsController {
  /** With 10,000 contacts. */
  private static final long AGENT_BYTES = 2 << 20;

  private final Agents agents;
  private final AgentSetup setup;
  private final MergePatch patches;

  private final HeldCorrespondents held;
  private final TrustedWays ways;
  private final HeldMails heldMails;
  private final ResponseBudget budget;

  AgentsController(
      Agents agents,
      AgentSetup setup,
      MergePatch patches,
      HeldCorrespondents held,
      TrustedWays ways,
      HeldMails heldMails,
      ResponseBudget budget) {
    this.ways = ways;
    this.heldMails = heldMails;
    this.budget = budget;
    this.held = held;
    this.agents = agents;
    this.setup = setup;
    this.patches = patches;
  }

  @PostMapping
  @Operation(operationId = "createAgent", summary = "Create an agent")
  @ResponseStatus(HttpStatus.CREATED)
  AgentResponse create(@AuthenticationPrincipal Caller caller, @RequestBody AgentRequest request) {
    return response(
        setup.create(RequestParams.organization(caller, request.organization()), request.draft()));
  }

  @GetMapping
  @Operation(operationId = "listAgents", summary = "List agents")
  Page<AgentResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        agents.list(
            RequestParams.organization(caller, organization),
            caller.scope(),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        agent -> agent.id(),
        AgentResponse::listed);
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getAgent", summary = "Get an agent")
  AgentResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    budget.take(AGENT_BYTES);
    return response(find(caller, id));
  }

  @PatchMapping("/{id}")
  @Operation(operationId = "updateAgent", summary = "Change an agent")
  AgentResponse change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = AgentRequest.class)))
          @RequestBody
          ObjectNode patch)
      throws JsonProcessingException {
    Agent agent = find(caller, id);
    AgentRequest request =
        patches.apply(
            AgentResponse.of(agent, SendingPolicy.NONE).asRequest(), patch, AgentRequest.class);
    if (!agent.organization().value().equals(request.organization())) {
      throw new FieldsRefused("organization", "cannot be changed");
    }
    return response(
        setup.change(agent.id(), request.draft()).orElseThrow(() -> new ResourceNotFound("agent")));
  }

  /** Correspondents whose mail is quarantined because of a mail loop. */
  @GetMapping("/{id}/held-correspondents")
  @Operation(
      operationId = "listHeldCorrespondents",
      summary = "List the held correspondents of an agent")
  Page<HeldCorrespondents.Held> held(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return new Page<>(held.of(find(caller, id).id()), null);
  }

  @PostMapping("/{id}/held-correspondents/lift")
  @Operation(
      operationId = "liftHeldCorrespondent",
      summary = "Stop holding the mail of a correspondent")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void lift(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @RequestBody Lift request) {
    if (!setup.lift(find(caller, id), AddressField.read(request.address()))) {
      throw new ResourceNotFound("held correspondent");
    }
  }

  /** The ways by which mail of contacts may come although its sender is not proven. */
  @GetMapping("/{id}/trusted-ways")
  @Operation(operationId = "listTrustedWays", summary = "List the trusted ways of an agent")
  Page<TrustedWay> trustedWays(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return new Page<>(ways.of(find(caller, id).id()), null);
  }

  @DeleteMapping("/{id}/trusted-ways/{way}")
  @Operation(operationId = "deleteTrustedWay", summary = "Delete a trusted way")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void distrust(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable UUID way) {
    if (!heldMails.distrust(find(caller, id), way)) {
      throw new ResourceNotFound("trusted way");
    }
  }

  /** The correspondent whose mail is accepted again. */
  record Lift(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address) {}

  @DeleteMapping("/{id}")
  @Operation(operationId = "deleteAgent", summary = "Delete an agent")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    if (!setup.delete(find(caller, id).id())) {
      throw new ResourceNotFound("agent");
    }
  }

  private AgentResponse response(Agent agent) {
    return AgentResponse.of(agent, setup.minimum(agent.organization()));
  }

  private Agent find(Caller caller, UUID id) {
    return agents
        .find(new AgentId(id))
        .filter(agent -> caller.sees(agent.organization()))
        .orElseThrow(() -> new ResourceNotFound("agent"));
  }
}
