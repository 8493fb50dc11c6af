package org.byoemail.outbound.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.ReviewRule.When;
import org.byoemail.account.registry.SendingPolicies;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Narrower policies for agents whose mail is nearly always approved: reviewers who approve all day
 * stop looking. A proposal changes nothing. Safe for use by many threads.
 */
@Repository
public class ReviewProposals {
  /** How many of an agent's last decisions are examined. */
  public static final int DECISIONS = 200;

  /** More than this number of them must be approvals. */
  static final double SHARE = 0.98;

  private static final int MAX_AGENTS = 1_000;

  private final JdbcClient jdbc;
  private final SendingPolicies policies;

  ReviewProposals(JdbcClient jdbc, SendingPolicies policies) {
    this.jdbc = jdbc;
    this.policies = policies;
  }

  /**
   * A proposal.
   *
   * @param approved how many of the last {@link #DECISIONS} decisions were approvals
   * @param when which mail is reviewed now
   * @param proposed the narrower rule
   * @param byOrganization whether the organization's minimum requires the present rule: it must be
   *     changed, too
   */
  public record Proposal(
      AgentId agent,
      String agentName,
      OrganizationId organization,
      int approved,
      When when,
      When proposed,
      boolean byOrganization) {

    /** What to change, as a sentence. */
    public String words() {
      return "%d of the last %d decisions on mail of %s were approvals: consider review.when = %s"
              .formatted(approved, DECISIONS, agentName, proposed.word())
          + " instead of "
          + when.word()
          + (proposed == When.NEVER ? ", and findings = review for what must not leave unseen" : "")
          + (byOrganization ? " (of the organization's sending policy, too)" : "");
    }
  }

  private record Counted(AgentId agent, String name, OrganizationId organization, int approved) {
    private static Counted read(ResultSet row, int number) throws SQLException {
      return new Counted(
          new AgentId(row.getObject("id", UUID.class)),
          row.getString("name"),
          new OrganizationId(row.getString("organization")),
          row.getInt("approved"));
    }
  }

  /**
   * The proposals for agents that have been reviewed.
   *
   * @param organization null: all
   * @param scope null: all agents
   * @param agents null: all; otherwise only these
   */
  public List<Proposal> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable Collection<UUID> agents) {
    List<Counted> counted =
        jdbc.sql(
                """
                WITH RECURSIVE reviewed AS (
                  (SELECT agent_id FROM outbound_review ORDER BY agent_id LIMIT 1)
                  UNION ALL
                  SELECT (SELECT r.agent_id FROM outbound_review r WHERE r.agent_id > l.agent_id
                    ORDER BY r.agent_id LIMIT 1)
                  FROM reviewed l WHERE l.agent_id IS NOT NULL
                )
                SELECT g.id, g.name, g.organization, c.approved FROM reviewed l
                  JOIN agent g ON g.id = l.agent_id AND g.deleted_at IS NULL
                  CROSS JOIN LATERAL (
                    SELECT count(*) AS decided, count(*) FILTER (WHERE last.decision = 'approved') AS approved
                    FROM (SELECT d.decision FROM outbound_review r CROSS JOIN LATERAL (
                        SELECT decision FROM outbound_review_decision WHERE review_id = r.id ORDER BY id DESC LIMIT 1) d
                      WHERE r.agent_id = g.id ORDER BY r.id DESC LIMIT :decisions) last) c
                WHERE (:organization::text IS NULL OR g.organization = :organization)
                  AND (:scope::uuid[] IS NULL OR g.id = ANY (:scope))
                  AND (:agents::uuid[] IS NULL OR g.id = ANY (:agents))
                  AND c.decided = :decisions AND c.approved > :decisions * :share
                ORDER BY g.id LIMIT :most
                """)
            .param("decisions", DECISIONS)
            .param("share", SHARE)
            .param("organization", OrganizationId.valueOrNull(organization))
            .param("scope", Scope.agents(scope))
            .param("agents", agents == null ? null : agents.toArray(UUID[]::new))
            .param("most", MAX_AGENTS)
            .query(Counted::read)
            .list();
    var effective = policies.effective(counted.stream().map(Counted::agent).toList());
    return counted.stream()
        .filter(
            one ->
                effective.getOrDefault(one.agent(), SendingPolicy.NONE).review().when()
                    != When.NEVER)
        .map(
            one -> {
              When when = effective.getOrDefault(one.agent(), SendingPolicy.NONE).review().when();
              return new Proposal(
                  one.agent(),
                  one.name(),
                  one.organization(),
                  one.approved(),
                  when,
                  When.values()[when.ordinal() - 1],
                  policies.minimum(one.organization()).review().when() == when);
            })
        .toList();
  }
}
