package org.byoemail.api;

import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.operations.setup.ContactRequests;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What callers ask for their agents: by the API and by tools. Thread-safe. */
@Component
class NewContactRequests {
  private final ContactRequests requests;
  private final Agents agents;

  NewContactRequests(ContactRequests requests, Agents agents) {
    this.requests = requests;
    this.agents = agents;
  }

  /**
   * Asks for an address.
   *
   * @param agent null: the one that the key is bound to
   * @throws FieldsRefused naming what is wrong
   * @throws ResourceNotFound if the caller sees no such agent
   */
  ContactRequests.Submitted ask(
      Caller caller, @Nullable UUID agent, @Nullable String address, @Nullable String reason) {
    UUID id = agent == null ? only(caller) : agent;
    Agent found =
        agents
            .find(new AgentId(id))
            .filter(one -> caller.sees(one.organization()))
            .filter(one -> caller.scope() == null || caller.scope().agents().contains(id))
            .orElseThrow(() -> new ResourceNotFound("agent"));
    return requests.ask(found, address, reason, caller.publicName());
  }

  private static UUID only(Caller caller) {
    if (caller.scope() == null || caller.scope().agents().size() != 1) {
      throw new FieldsRefused("agent", "is required: this key is not bound to a single agent");
    }
    return caller.scope().agents().iterator().next();
  }
}
