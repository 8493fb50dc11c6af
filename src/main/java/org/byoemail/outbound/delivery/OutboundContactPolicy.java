package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Checks whether agents may write to recipients. */
@Component
class OutboundContactPolicy {
  private final JdbcClient jdbc;

  OutboundContactPolicy(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Decides for the mails of one endpoint. */
  interface Decision {
    /** Whether that recipient may be written to. */
    boolean allows(EmailAddress recipient);

    /** The agent that it is about. */
    AgentId agent();

    /** What the gates ask of its mail. */
    SendingPolicy sending();
  }

  /** The current policies; a deleted agent is missing, and may write to nobody. */
  Map<EndpointId, Decision> of(Collection<EndpointId> endpoints) {
    Map<EndpointId, Decision> decisions = new HashMap<>();
    jdbc.sql(
            """
            SELECT e.id, g.id AS agent, g.inbound_policy, g.outbound_policy, g.contacts,
              g.sending_policy::text AS sending, o.sending_policy::text AS minimum
            FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id
              LEFT JOIN organization_sending_policy o ON o.organization = g.organization
            WHERE e.id = ANY (:endpoints) AND g.deleted_at IS NULL
            """)
        .param("endpoints", endpoints.stream().map(EndpointId::value).toArray(UUID[]::new))
        .query(
            row -> {
              ContactPolicy policy =
                  new ContactPolicy(
                      Mode.stored(row.getString("inbound_policy")),
                      Mode.stored(row.getString("outbound_policy")),
                      List.of((String[]) row.getArray("contacts").getArray()));
              AgentId agent = new AgentId(row.getObject("agent", UUID.class));
              decisions.put(
                  new EndpointId(row.getObject("id", UUID.class)),
                  new OfAgent(
                      agent,
                      policy,
                      SendingPolicy.effective(row.getString("sending"), row.getString("minimum"))));
            });
    return decisions;
  }

  private final class OfAgent implements Decision {
    private final AgentId agent;
    private final ContactPolicy policy;
    private final SendingPolicy sending;

    OfAgent(AgentId agent, ContactPolicy policy, SendingPolicy sending) {
      this.agent = agent;
      this.policy = policy;
      this.sending = sending;
    }

    @Override
    public boolean allows(EmailAddress recipient) {
      return policy.outbound() == Mode.OPEN
          || policy.lists(recipient)
          || policy.outbound() == Mode.KNOWN && hasWritten(agent, recipient);
    }

    @Override
    public AgentId agent() {
      return agent;
    }

    @Override
    public SendingPolicy sending() {
      return sending;
    }
  }

  private boolean hasWritten(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message m JOIN endpoint e ON e.id = m.endpoint_id
              WHERE e.owner_agent_id = :agent AND m.direction = 'inbound' AND lower(m.from_address) = :address)
            """)
        .param("agent", agent.value())
        .param("address", address.value())
        .query(Boolean.class)
        .single();
  }
}
