package org.byoemail.outbound.quota;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.QuotaRule;
import org.byoemail.account.registry.QuotaRule.Limit;
import org.byoemail.account.registry.QuotaRule.Unit;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What agents and organizations have submitted, according to the stored messages. Reads only. Safe
 * for use by many threads.
 */
@Repository
public class SendingUsage {
  private final JdbcClient jdbc;

  SendingUsage(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The use of a limit.
   *
   * @param of {@code agent} or {@code organization}
   * @param name of the limit, such as {@code messagesPerDay}
   * @param used within the period that ends now
   */
  public record Use(String of, String name, int limit, long used) {}

  /** The use of an agent's limits, and of the limits for all agents of its organization. */
  public List<Use> of(OrganizationId organization, AgentId agent, QuotaRule quotas, Instant now) {
    List<Use> uses = new ArrayList<>();
    add(uses, "agent", organization, agent, quotas.agent(), now);
    add(uses, "organization", organization, null, quotas.organization(), now);
    return uses;
  }

  private void add(
      List<Use> uses,
      String of,
      OrganizationId organization,
      @Nullable AgentId agent,
      Map<Limit, Integer> limits,
      Instant now) {
    limits.forEach(
        (limit, amount) ->
            uses.add(
                new Use(
                    of,
                    limit.word(),
                    amount,
                    since(organization, agent, limit.unit(), now.minus(limit.period())))));
  }

  /**
   * What was submitted since then.
   *
   * @param agent null: all agents of the organization
   */
  long since(OrganizationId organization, @Nullable AgentId agent, Unit unit, Instant since) {
    return jdbc.sql(
            """
            WITH mails AS MATERIALIZED (%s)
            SELECT %s
            """
                .formatted(
                    agent == null
                        ? "SELECT m.id, e.owner_agent_id AS agent FROM message m JOIN endpoint e ON e.id = m.endpoint_id"
                            + " WHERE m.organization = :organization AND m.id >= :oldest"
                            + " AND m.direction = 'outbound'"
                        : "SELECT m.id, e.owner_agent_id AS agent FROM endpoint e JOIN message m ON m.endpoint_id = e.id"
                            + " WHERE e.owner_agent_id = :agent AND m.id >= :oldest"
                            + " AND m.direction = 'outbound'",
                    switch (unit) {
                      case MESSAGES -> "count(*) FROM mails";
                      case RECIPIENTS ->
                          "count(*) FROM mails JOIN message_recipient r ON r.message_id = mails.id";
                      case NEW_CORRESPONDENTS ->
                          "count(DISTINCT (mails.agent, r.address)) FROM mails JOIN message_recipient r ON r.message_id = mails.id"
                              + " WHERE NOT EXISTS (SELECT 1 FROM message_recipient o JOIN message b ON b.id = o.message_id"
                              + " JOIN endpoint e ON e.id = b.endpoint_id WHERE o.address = r.address"
                              + " AND e.owner_agent_id = mails.agent AND b.direction = 'outbound' AND b.id < :oldest)";
                    }))
        .param("organization", organization.value())
        .param("agent", agent == null ? null : agent.value())
        .param("oldest", Ids.firstOf(since))
        .query(Long.class)
        .single();
  }
}
