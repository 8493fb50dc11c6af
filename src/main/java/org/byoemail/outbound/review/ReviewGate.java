package org.byoemail.outbound.review;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.ReviewRule;
import org.byoemail.account.registry.ReviewRule.When;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.SendingGate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Has mail reviewed as the {@link ReviewRule} of its agent says. Safe for use by many threads. */
@Component
class ReviewGate implements SendingGate {
  private static final String WORD = "review";
  private static final int MAX_NAMED = 20;

  private static final String NEW =
      """
      SELECT a.address FROM unnest(:addresses::text[]) AS a (address)
        JOIN agent g ON g.id = :agent
      WHERE a.address <> ALL (g.contacts) AND '@' || split_part(a.address, '@', 2) <> ALL (g.contacts)
        AND NOT EXISTS (SELECT 1 FROM message_recipient r JOIN message m ON m.id = r.message_id
            JOIN endpoint e ON e.id = m.endpoint_id
          WHERE r.address = a.address AND r.status IN ('sent', 'delivered', 'simulated')
            AND e.owner_agent_id = g.id)
        AND NOT EXISTS (SELECT 1 FROM message m JOIN endpoint e ON e.id = m.endpoint_id
            JOIN inbound_mail i ON i.message_id = m.id
          WHERE lower(m.from_address) = a.address AND m.direction = 'inbound'
            AND e.owner_agent_id = g.id AND i.verdict = 'authentic')
      """;

  private static final String EXTERNAL =
      """
      SELECT a.address FROM unnest(:addresses::text[]) AS a (address)
      WHERE NOT EXISTS (SELECT 1 FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id
        WHERE e.address = a.address AND g.organization = :organization AND g.deleted_at IS NULL)
      """;

  private final JdbcClient jdbc;

  ReviewGate(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public boolean isNeeded(SendingPolicy policy, GateRequest.Phase phase) {
    return policy.review().when() != When.NEVER;
  }

  /** Mailboxes of the organisation come and go without a change of its policy. */
  @Override
  public boolean isSettled(SendingPolicy policy) {
    return policy.review().when() != When.EXTERNAL;
  }

  @Override
  public GateDecision decide(GateRequest request) {
    When when = request.policy().review().when();
    if (when == When.ALWAYS) {
      return review("always", "all mail of the agent is reviewed before it is sent", List.of());
    }
    List<String> fresh = find(NEW, request);
    if (!fresh.isEmpty()) {
      return review(
          "new-correspondent",
          "the agent has neither written to %s nor has authentic mail from there"
              .formatted(named(fresh)),
          fresh);
    }
    List<String> external = when == When.EXTERNAL ? find(EXTERNAL, request) : List.of();
    return external.isEmpty()
        ? GateDecision.pass(WORD, Map.of())
        : review("external", named(external) + " is no mailbox of the organization", external);
  }

  private List<String> find(String sql, GateRequest request) {
    JdbcClient.StatementSpec query =
        jdbc.sql(sql)
            .param(
                "addresses",
                request.recipients().keySet().stream()
                    .map(EmailAddress::value)
                    .toArray(String[]::new));
    query =
        sql.equals(NEW)
            ? query.param("agent", request.origin().agent().value())
            : query.param("organization", request.origin().organization().value());
    return query.query(String.class).list();
  }

  private static GateDecision review(String code, String reason, List<String> addresses) {
    return GateDecision.of(
        WORD,
        Result.REVIEW,
        code,
        reason,
        addresses.isEmpty()
            ? Map.of()
            : Map.of("recipients", addresses.stream().limit(MAX_NAMED).toList()));
  }

  private static String named(List<String> addresses) {
    List<String> some = new ArrayList<>(addresses.stream().limit(3).toList());
    return String.join(", ", some)
        + (addresses.size() > 3 ? " and " + (addresses.size() - 3) + " more" : "");
  }
}
