package org.byoemail.outbound.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.QuotaRule;
import org.byoemail.account.registry.RecipientRule;
import org.byoemail.account.registry.ReviewRule;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class UnusualVolumeTest extends WebTest {
  private static final SendingPolicy POLICY =
      new SendingPolicy(ReviewRule.NEVER)
          .with(RecipientRule.NONE, QuotaRule.ofAgent(Map.of(), true));

  @Autowired private UnusualVolumeGate gate;
  @Autowired private DailyVolumes volumes;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private Clock clock;

  private Agent agent;
  private Endpoint endpoint;
  private LocalDate today;

  @BeforeEach
  void makeAgent() {
    agent =
        agents.create(new OrganizationId(fresh("acme")), "Ada", ContactPolicy.standard(), POLICY);
    endpoint = endpoints.own(agent.id(), EmailAddress.parse(fresh("ada") + "@example.org"), "Ada");
    today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  @Test
  void restOfAFloodIsReviewedWithItsNumbers() {
    for (int day = 1; day <= 10; day++) {
      sent(day, day == 3 ? 90 : 10);
    }
    sent(0, 29);

    GateDecision last = gate.decide(request(Phase.ACCEPT));
    GateDecision tried = gate.decide(request(Phase.DRY_RUN));
    GateDecision beyond = gate.decide(request(Phase.ACCEPT));

    // Three times the busiest day but one: 30.
    assertThat(last.result()).isEqualTo(Result.PASS);
    assertThat(tried.result()).isEqualTo(Result.REVIEW);
    assertThat(beyond.result()).isEqualTo(Result.REVIEW);
    assertThat(beyond.code()).isEqualTo("unusual-volume");
    assertThat(beyond.reason()).contains("30 messages today", "had 10", "10 days");
  }

  @Test
  void agentWithoutWeeksBehindItIsNotCompared() {
    sent(3, 1);
    sent(0, 500);

    assertThat(gate.decide(request(Phase.ACCEPT)).result()).isEqualTo(Result.PASS);
  }

  @Test
  void fewMessagesAreNeverUnusual() {
    sent(20, 1);
    sent(0, 19);

    assertThat(gate.decide(request(Phase.ACCEPT)).result()).isEqualTo(Result.PASS);
    assertThat(gate.decide(request(Phase.ACCEPT)).result()).isEqualTo(Result.REVIEW);
  }

  @Test
  void daysAreCountedOnceAndKeptAfterTheirMessagesAreDeleted() {
    sent(9, 3);
    sent(8, 7);
    volumes.usual(agent.id(), today);
    jdbc.sql("DELETE FROM message WHERE endpoint_id = :id")
        .param("id", endpoint.id().value())
        .update();

    DailyVolumes.Usual tomorrow = volumes.usual(agent.id(), today.plusDays(1));

    assertThat(tomorrow.busy()).isEqualTo(3);
    assertThat(tomorrow.days()).isEqualTo(10);
    assertThat(
            jdbc.sql("SELECT count(*) FROM agent_volume WHERE agent_id = :id")
                .param("id", agent.id().value())
                .query(Integer.class)
                .single())
        .isLessThanOrEqualTo(29);
  }

  @Test
  void oneBusyDayIsNotUsual() {
    assertThat(DailyVolumes.usual(today, List.of(500L, 3L, 2L)).busy()).isEqualTo(3);
    assertThat(DailyVolumes.usual(today, Collections.nCopies(6, 9L)).isKnown()).isFalse();
    assertThat(DailyVolumes.usual(today, Collections.nCopies(7, 9L)).isKnown()).isTrue();
  }

  private GateRequest request(Phase phase) {
    return new GateRequest(
        phase,
        POLICY,
        new GateRequest.Origin(agent.organization(), agent.id(), null, null),
        null,
        null,
        Map.of(EmailAddress.parse("ben@else.test"), "to"),
        null,
        () -> {
          throw new AssertionError("no contents are needed");
        });
  }

  /** Messages at noon, or just now, so many days ago. */
  private void sent(int daysAgo, int messages) {
    Instant at =
        daysAgo == 0
            ? clock.instant()
            : today.minusDays(daysAgo).atTime(12, 0).toInstant(ZoneOffset.UTC);
    UUID conversation = Ids.next();
    jdbc.sql(
            "INSERT INTO conversation (id, agent_id, subject, created_at, last_message_at) VALUES (:id, :agent, 'x', now(), now())")
        .param("id", conversation)
        .param("agent", agent.id().value())
        .update();
    jdbc.sql(
            """
            INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, subject, created_at)
            SELECT (left(:first, 24) || lpad(to_hex(n), 12, '0'))::uuid, :organization, :conversation, :endpoint,
              'outbound', 'ada@example.org', 'x', :at::timestamptz FROM generate_series(1, :messages) n
            """)
        .param("first", id(at))
        .param("organization", agent.organization().value())
        .param("conversation", conversation)
        .param("endpoint", endpoint.id().value())
        .param("at", at.toString())
        .param("messages", messages)
        .update();
  }

  /** Of that millisecond, and this agent alone. */
  private String id(Instant at) {
    String first = Ids.firstOf(at).toString();
    String own = UUID.randomUUID().toString();
    return first.substring(0, 15) + own.substring(15);
  }
}
