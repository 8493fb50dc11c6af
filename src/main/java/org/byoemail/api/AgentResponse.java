package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Agent;

/**
 * An agent in a response.
 *
 * @param contactsTruncated whether the agent has more contacts than the 100 that a list shows
 */
@Schema(name = "Agent")
record AgentResponse(
    UUID id,
    String name,
    String organization,
    AgentRequest.Policy contactPolicy,
    boolean contactsTruncated,
    Instant createdAt) {
  private static final int LISTED_CONTACTS = 100;

  static AgentResponse of(Agent agent) {
    return of(agent, Integer.MAX_VALUE);
  }

  /** The agent as an item of a list. */
  static AgentResponse listed(Agent agent) {
    return of(agent, LISTED_CONTACTS);
  }

  private static AgentResponse of(Agent agent, int mostContacts) {
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
        truncated,
        agent.createdAt());
  }

  AgentRequest asRequest() {
    return new AgentRequest(name, organization, null, contactPolicy);
  }
}
