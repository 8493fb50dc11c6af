package org.byoemail.outbound.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

@Tag("compute")
class GatesTest {
  @Test
  void gateThatCountsIsAskedLastAndNotAboutRefusedMail() {
    assertThat(words(Phase.ACCEPT, Result.PASS)).isEqualTo("[other, quota]");
    assertThat(words(Phase.ACCEPT, Result.REVIEW)).isEqualTo("[other, quota]");
    assertThat(words(Phase.ACCEPT, Result.REFUSE)).isEqualTo("[other]");
    assertThat(words(Phase.DRY_RUN, Result.REFUSE)).isEqualTo("[other, quota]");
  }

  /** The gates that are asked if the other one decides so. */
  private static String words(Phase phase, Result other) {
    StaticListableBeanFactory beans = new StaticListableBeanFactory();
    beans.addBean("quota", new One("quota", Result.PASS, true));
    beans.addBean("other", new One("other", other, false));
    GateRequest request =
        new GateRequest(
            phase,
            SendingPolicy.NONE,
            new GateRequest.Origin(
                new OrganizationId("acme"), new AgentId(UUID.randomUUID()), null, null),
            null,
            null,
            Map.of(),
            null,
            () -> {
              throw new AssertionError("no contents are needed");
            });
    return new Gates(beans.getBeanProvider(SendingGate.class))
        .decide(request).decisions().stream().map(GateDecision::gate).toList().toString();
  }

  private record One(String word, Result result, boolean counts) implements SendingGate {
    @Override
    public boolean isNeeded(SendingPolicy policy, Phase phase) {
      return true;
    }

    @Override
    public GateDecision decide(GateRequest request) {
      return new GateDecision(word, result, "", "", null, Map.of(), Map.of());
    }
  }
}
