package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.Agent;
import org.byoemail.setup.AgentDraft;
import org.jspecify.annotations.Nullable;

/** The shapes of agents. */
final class AgentJson {
  private AgentJson() {}

  /** Who may write to an agent and to whom it may write. */
  record Policy(
      @Nullable @Schema(allowableValues = {"open", "known", "listed"}) String inbound,
      @Nullable @Schema(allowableValues = {"open", "known", "listed"}) String outbound,
      @Nullable @Schema(description = "addresses (a@x) and domains (@x)")
          List<@Nullable String> contacts,
      @Nullable
          @Schema(
              description =
                  "whether mail of listed contacts must be authentic, as far as the receiving server"
                      + " checks it; true unless given")
          Boolean requireAuthentication) {}

  /** An agent as it is sent to us. */
  @Schema(name = "AgentRequest")
  record Request(
      @Nullable String name, @Nullable String organization, @Nullable Policy contactPolicy) {

    AgentDraft draft() {
      return contactPolicy == null
          ? new AgentDraft(name, null, null, null, null)
          : new AgentDraft(
              name,
              contactPolicy.inbound(),
              contactPolicy.outbound(),
              contactPolicy.contacts(),
              contactPolicy.requireAuthentication());
    }
  }

  /** An agent as we tell it. */
  @Schema(name = "Agent")
  record Shown(UUID id, String name, String organization, Policy contactPolicy, Instant createdAt) {

    static Shown of(Agent agent) {
      return new Shown(
          agent.id().value(),
          agent.name(),
          agent.organization(),
          new Policy(
              agent.contactPolicy().inbound().word(),
              agent.contactPolicy().outbound().word(),
              List.copyOf(agent.contactPolicy().contacts()),
              agent.contactPolicy().requireAuthentication()),
          agent.createdAt());
    }

    Request asRequest() {
      return new Request(name, organization, contactPolicy);
    }
  }
}
