package org.byoemail.account.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The minimum of each organization's sending policies, and what applies to agents. Thread-safe. */
@Repository
public class SendingPolicies {
  private final JdbcClient jdbc;
  private final AuditLog audit;

  SendingPolicies(JdbcClient jdbc, AuditLog audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** What the agents of an organization cannot undercut. */
  public SendingPolicy minimum(OrganizationId organization) {
    return jdbc.sql(
            "SELECT sending_policy::text FROM organization_sending_policy WHERE organization = :o")
        .param("o", organization.value())
        .query(String.class)
        .optional()
        .map(SendingPolicy::read)
        .orElse(SendingPolicy.NONE);
  }

  /** The policies that apply to agents; none for deleted ones. */
  public Map<AgentId, SendingPolicy> effective(Collection<AgentId> agents) {
    Map<AgentId, SendingPolicy> policies = new HashMap<>();
    jdbc.sql(
            """
            SELECT g.id, g.sending_policy::text AS own, o.sending_policy::text AS minimum
            FROM agent g LEFT JOIN organization_sending_policy o ON o.organization = g.organization
            WHERE g.id = ANY (:agents) AND g.deleted_at IS NULL
            """)
        .param("agents", agents.stream().map(AgentId::value).toArray(UUID[]::new))
        .query(
            row -> {
              policies.put(
                  new AgentId(row.getObject("id", UUID.class)),
                  SendingPolicy.effective(row.getString("own"), row.getString("minimum")));
            });
    return policies;
  }

  /** Sets the minimum of an organization and records the change in the audit log. */
  @Transactional
  public void set(OrganizationId organization, SendingPolicy minimum) {
    SendingPolicy before = minimum(organization);
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy (organization, sending_policy, changed_at)
            VALUES (:o, :policy::jsonb, statement_timestamp())
            ON CONFLICT (organization) DO UPDATE
              SET sending_policy =
                (organization_sending_policy.sending_policy - :fields::text[]) || excluded.sending_policy,
                changed_at = excluded.changed_at
            """)
        .param("o", organization.value())
        .param("policy", minimum.json())
        .param("fields", SendingPolicy.FIELDS)
        .update();
    audit.record(
        "sending_policy.changed",
        null,
        organization,
        new ChangedFields().compare("sendingPolicy", before.json(), minimum.json()).details());
  }
}
