package org.byoemail.outbound.finding;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Addresses of other organisations in outgoing mail. */
class OtherTenantsTest extends WebTest {
  @Autowired private OutgoingRuleRows rules;
  @Autowired private OtherOrganizationAddresses foreign;
  @Autowired private ContentStore contents;
  @Autowired private Secrets secrets;

  private String ours;
  private EmailAddress own;
  private EmailAddress theirs;

  @BeforeEach
  void accounts() {
    ours = fresh("ours");
    String other = fresh("theirs");
    own = EmailAddress.parse(ours + "@example.test");
    theirs = EmailAddress.parse(other + "@example.test");
    account(ours, own.value());
    account(other, theirs.value());
  }

  @Test
  void addressOfAnotherOrganizationIsNamedToOperatorsOnly() {
    GateDecision recipient = decide(Phase.ACCEPT, theirs, "Hello");
    GateDecision text = decide(Phase.BEGIN, own, "please ask " + theirs + ".");

    for (GateDecision decision : List.of(recipient, text)) {
      assertThat(decision.result()).isEqualTo(Result.REVIEW);
      assertThat(decision.code()).isEqualTo("operator-rule");
      assertThat(decision.reason() + decision.facts()).doesNotContain("tenant", theirs.value());
      assertThat(decision.operatorFacts().toString()).contains("other-tenant", theirs.value());
    }
  }

  @Test
  void ownAddressesAndThoseOfNobodyPass() {
    GateDecision decision = decide(Phase.ACCEPT, own, "ask ben@else.test and " + own);

    assertThat(decision.result()).isEqualTo(Result.PASS);
  }

  @Test
  void dryRunTellsNothing() {
    assertThat(decide(Phase.DRY_RUN, theirs, "Hello").result()).isEqualTo(Result.PASS);
    assertThat(gate().isNeeded(SendingPolicy.NONE, Phase.DRY_RUN)).isFalse();
  }

  private GateDecision decide(Phase phase, EmailAddress to, String text) {
    GateRequest.Contents mail =
        new GateRequest.Contents(own.value(), "Hi", text, null, List.of(), null, List.of());
    return gate()
        .decide(
            new GateRequest(
                phase,
                SendingPolicy.NONE,
                new GateRequest.Origin(
                    new OrganizationId(ours), new AgentId(Ids.next()), null, null),
                null,
                null,
                Map.of(to, "to"),
                null,
                () -> mail));
  }

  private FindingsGate gate() {
    return new FindingsGate(
        rules,
        foreign,
        contents,
        secrets,
        new OutgoingSettings("review"),
        new SimpleMeterRegistry());
  }
}
