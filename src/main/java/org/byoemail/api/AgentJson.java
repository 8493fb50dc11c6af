package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.setup.AgentDraft;
import org.jspecify.annotations.Nullable;

/** The shapes of agents. */
final class AgentJson {
  private static final int LISTED_CONTACTS = 100;

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

  /**
   * An agent as we tell it.
   *
   * @param contactsTruncated whether it has more contacts than the 100 that a list shows
   */
  @Schema(name = "Agent")
  record Shown(
      UUID id,
      String name,
      String organization,
      Policy contactPolicy,
      boolean contactsTruncated,
      Instant createdAt) {

    static Shown of(Agent agent) {
      return of(agent, Integer.MAX_VALUE);
    }

    /** One of a list. */
    static Shown listed(Agent agent) {
      return of(agent, LISTED_CONTACTS);
    }

    private static Shown of(Agent agent, int mostContacts) {
      List<String> contacts = agent.contactPolicy().contacts();
      boolean truncated = contacts.size() > mostContacts;
      return new Shown(
          agent.id().value(),
          agent.name(),
          agent.organization(),
          new Policy(
              agent.contactPolicy().inbound().word(),
              agent.contactPolicy().outbound().word(),
              List.copyOf(truncated ? contacts.subList(0, mostContacts) : contacts),
              agent.contactPolicy().requireAuthentication()),
          truncated,
          agent.createdAt());
    }

    Request asRequest() {
      return new Request(name, organization, contactPolicy);
    }
  }
}
