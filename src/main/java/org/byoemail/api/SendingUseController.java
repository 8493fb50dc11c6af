package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.SendingPolicies;
import org.byoemail.format.mail.AgentId;
import org.byoemail.outbound.quota.SendingUsage;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How much of their quotas agents have used. */
@RestController
@RequestMapping("/api/v1/agents/{id}/sending-use")
@Tag(name = "agents")
class SendingUseController {
  private final Agents agents;
  private final SendingPolicies policies;
  private final SendingUsage use;
  private final Clock clock;

  SendingUseController(Agents agents, SendingPolicies policies, SendingUsage use, Clock clock) {
    this.agents = agents;
    this.policies = policies;
    this.use = use;
    this.clock = clock;
  }

  @GetMapping
  @Operation(
      operationId = "getSendingUse",
      summary = "Get the use of an agent's quotas",
      description =
          "The limits of the agent and of all agents of its organization, each with what was"
              + " submitted within its period until now.")
  Page<SendingUsage.Use> get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    Agent agent =
        agents
            .find(new AgentId(id))
            .filter(one -> caller.sees(one.organization()))
            .orElseThrow(() -> new ResourceNotFound("agent"));
    return new Page<>(
        use.of(
            agent.organization(),
            agent.id(),
            agent.sendingPolicy().stricter(policies.minimum(agent.organization())).quotas(),
            clock.instant()),
        null);
  }
}
