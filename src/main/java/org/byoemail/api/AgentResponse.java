package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.operations.setup.SendingPolicyDraft;
import org.jspecify.annotations.Nullable;

/**
 * An agent in a response.
 *
 * @param effectiveSendingPolicy with what the organization asks; null in a list
 * @param raisedByOrganization the fields in which the organization asks more than the agent's own
 *     policy; null in a list
 * @param contactsTruncated whether the agent has more contacts than the 100 that a list shows
 */
@Schema(name = "Agent")
record AgentResponse(
    UUID id,
    String name,
    String organization,
    AgentRequest.Policy contactPolicy,
    SendingPolicyDraft sendingPolicy,
    @Nullable SendingPolicyDraft effectiveSendingPolicy,
    @Nullable List<String> raisedByOrganization,
    boolean contactsTruncated,
    Instant createdAt) {
  private static final int LISTED_CONTACTS = 100;

  /**
   * The agent by itself.
   *
   * @param minimum its organization's minimum
   */
  static AgentResponse of(Agent agent, SendingPolicy minimum) {
    return of(agent, Integer.MAX_VALUE, minimum);
  }

  /** The agent as an item of a list. */
  static AgentResponse listed(Agent agent) {
    return of(agent, LISTED_CONTACTS, null);
  }

  private static AgentResponse of(Agent agent, int mostContacts, @Nullable SendingPolicy minimum) {
    SendingPolicy own = agent.sendingPolicy();
    SendingPolicy effective = minimum == null ? null : own.stricter(minimum);
    List<String> contacts = agent.contactPolicy().contacts();
    boolean truncated = contacts.size() > mostContacts;
    return new AgentResponse(
        agent.id().value(),
        agent.name(),
        agent.organization().value(),
        new AgentRequest.Policy(
            agent.contactPolicy().inbound().word(),
            agent.contactPolicy().outbound().word(),
            List.copyOf(truncated ? contacts.subList(0, mostContacts) : contacts),
            agent.contactPolicy().requireAuthentication(),
            agent.contactPolicy().unproven().word(),
            agent.contactPolicy().findings().entrySet().stream()
                .collect(
                    Collectors.toMap(
                        Map.Entry::getKey,
                        one -> one.getValue().word(),
                        (one, other) -> one,
                        TreeMap::new))),
        SendingPolicyDraft.of(own),
        effective == null ? null : SendingPolicyDraft.of(effective),
        effective == null ? null : own.raised(effective),
        truncated,
        agent.createdAt());
  }

  AgentRequest asRequest() {
    return new AgentRequest(name, organization, null, contactPolicy, sendingPolicy);
  }
}
