package org.byoemail.outbound.gate;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What gates decide by besides the mail itself, and what may change before it is sent: the sending
 * policy that applies, the agent's contacts and trusted ways, and its organization's own rules for
 * findings. Mail that was accepted on the same basis a short while ago is not examined again. Safe
 * for use by many threads and nodes.
 */
@Repository
public class GateBases {
  /** Mail that has waited longer is examined again in any case. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** The first value is raised when a release examines mail for more than before. */
  private static final String BASIS =
      """
      md5(concat_ws(E'\\n', 1, g.id, g.contacts::text,
        (SELECT string_agg(w.id::text, ' ' ORDER BY w.id) FROM trusted_way w WHERE w.agent_id = g.id),
        (SELECT string_agg(r.id || ' ' || r.changed_at, ' ' ORDER BY r.id) FROM outgoing_rule r
          WHERE r.organization = g.organization)))
      """;

  private final JdbcClient jdbc;

  GateBases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A mail that is about to be sent.
   *
   * @param policy that applies to its agent now
   */
  public record Waiting(StoredMessageId message, AgentId agent, SendingPolicy policy) {}

  /**
   * The current basis. It is read before the gates decide, so that a change meanwhile is noticed
   * later.
   *
   * @param policy by which the gates decide
   * @return empty if the agent does not exist
   */
  public Optional<String> of(AgentId agent, SendingPolicy policy) {
    return jdbc.sql("SELECT " + BASIS + " FROM agent g WHERE g.id = :agent")
        .param("agent", agent.value())
        .query(String.class)
        .optional()
        .map(rest -> policy.version() + " " + rest);
  }

  /**
   * The mails that passed the gates a short while ago on a basis that still holds. Takes one
   * statement for all.
   */
  public Set<StoredMessageId> unchanged(List<Waiting> mails) {
    return new HashSet<>(
        jdbc.sql(
                """
                WITH now AS MATERIALIZED (
                  SELECT g.id, %s AS basis FROM agent g WHERE g.id = ANY (:agents::uuid[]))
                SELECT d.message_id
                FROM unnest(:messages::uuid[], :agents::uuid[], :policies::text[])
                    AS n (message_id, agent_id, policy)
                  JOIN outbound_delivery d ON d.message_id = n.message_id
                  JOIN now ON now.id = n.agent_id
                WHERE d.gate_basis = n.policy || ' ' || now.basis
                  AND d.gated_at > statement_timestamp() - :longest * interval '1 second'
                """
                    .formatted(BASIS))
            .param("messages", ids(mails, one -> one.message().value()))
            .param("agents", ids(mails, one -> one.agent().value()))
            .param(
                "policies",
                mails.stream().map(one -> one.policy().version()).toArray(String[]::new))
            .param("longest", LONGEST.toSeconds())
            .query((row, number) -> new StoredMessageId(row.getObject("message_id", UUID.class)))
            .list());
  }

  private static UUID[] ids(Collection<Waiting> mails, Function<Waiting, UUID> id) {
    return mails.stream().map(id).toArray(UUID[]::new);
  }
}
