package org.byoemail.outbound;

import java.util.UUID;
import org.byoemail.account.Agent;
import org.byoemail.account.Agents;
import org.byoemail.account.ContactPolicy;
import org.byoemail.account.ContactPolicy.Mode;
import org.byoemail.account.Endpoint;
import org.byoemail.account.Endpoints;
import org.byoemail.mail.AgentId;
import org.byoemail.mail.EmailAddress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** To whom an agent may write. */
@Component
class OutboundPolicy {
  private final Endpoints endpoints;
  private final Agents agents;
  private final JdbcClient jdbc;

  OutboundPolicy(Endpoints endpoints, Agents agents, JdbcClient jdbc) {
    this.endpoints = endpoints;
    this.agents = agents;
    this.jdbc = jdbc;
  }

  /** Decides for the mails of one endpoint. */
  interface Decision {
    /** Whether that recipient may be written to. */
    boolean allows(EmailAddress recipient);
  }

  /** The decision as of now; an agent that is gone may write to nobody. */
  Decision of(UUID endpoint) {
    AgentId owner = endpoints.find(endpoint).map(Endpoint::owner).orElse(null);
    if (owner == null) {
      return recipient -> false;
    }
    ContactPolicy policy = agents.find(owner).map(Agent::contactPolicy).orElse(null);
    if (policy == null) {
      return recipient -> false;
    }
    return recipient ->
        policy.outbound() == Mode.OPEN
            || policy.lists(recipient)
            || policy.outbound() == Mode.KNOWN && hasWritten(owner, recipient);
  }

  private boolean hasWritten(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message m JOIN endpoint e ON e.id = m.endpoint_id
              WHERE e.owner_agent_id = :agent AND m.direction = 'inbound' AND m.from_address = :address)
            """)
        .param("agent", agent.value())
        .param("address", address.value())
        .query(Boolean.class)
        .single();
  }
}
