package org.byoemail.console;

import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.SendingPolicies;
import org.byoemail.format.mail.AgentId;
import org.byoemail.outbound.quota.SendingUsage;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;

/** Shows the use of an agent's quotas on its page. */
@ControllerAdvice(assignableTypes = AgentPageController.class)
class SendingUseAdvice {
  private final Agents agents;
  private final SendingPolicies policies;
  private final SendingUsage use;
  private final Clock clock;

  SendingUseAdvice(Agents agents, SendingPolicies policies, SendingUsage use, Clock clock) {
    this.agents = agents;
    this.policies = policies;
    this.use = use;
    this.clock = clock;
  }

  /**
   * The use of the agent's limits, and of its organization's limits.
   *
   * @param id of the agent; null on pages of none
   */
  @ModelAttribute("quotas")
  List<SendingUsage.Use> quotas(@PathVariable(required = false) @Nullable UUID id) {
    if (id == null) {
      return List.of();
    }
    return agents
        .find(new AgentId(id))
        .map(
            agent ->
                use.of(
                    agent.organization(),
                    agent.id(),
                    agent.sendingPolicy().stricter(policies.minimum(agent.organization())).quotas(),
                    clock.instant()))
        .orElse(List.of());
  }
}
