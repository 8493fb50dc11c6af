package org.byoemail.account.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.rollout.RolloutSettings.Side;
import org.byoemail.format.mail.OrganizationId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutRulesTest {
  private static final RolloutTarget ADA =
      new RolloutTarget(
          UUID.randomUUID(), UUID.randomUUID(), new OrganizationId("acme"), "Ada@example.test");

  private static RolloutRules rules(
      Boolean enabled, Double percentage, List<String> allow, List<String> deny) {
    return new RolloutRules(enabled, percentage, allow, deny, null, null);
  }

  private static RolloutDecision decide(RolloutRules rules) {
    return rules.decide(ADA, RolloutSide.SENDING);
  }

  @Test
  void everyAccountIsUsedUnlessSomethingIsStated() {
    assertThat(decide(rules(null, null, null, null)))
        .isEqualTo(new RolloutDecision(true, "enabled"));
    assertThat(decide(rules(false, 100.0, List.of("organization:acme"), null)))
        .isEqualTo(new RolloutDecision(false, "not enabled"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"organization:acme", "address:ada@EXAMPLE.test"})
  void allowListLeavesOutAllOthers(String entry) {
    assertThat(decide(rules(true, null, List.of("organization:rival", entry), null)))
        .isEqualTo(new RolloutDecision(true, "allow has " + entry));
    assertThat(decide(rules(true, null, List.of("organization:rival"), null)).on()).isFalse();
  }

  @Test
  void agentsAndAccountsAreNamedByTheirIds() {
    assertThat(decide(rules(true, 0.0, List.of("agent:" + ADA.agent()), null)).on()).isTrue();
    assertThat(decide(rules(true, 0.0, List.of("account:" + ADA.account()), null)).on()).isTrue();
    assertThat(decide(rules(true, 0.0, List.of("account:" + ADA.agent()), null)).on()).isFalse();
  }

  @Test
  void denyGoesBeforeAllow() {
    RolloutRules both =
        rules(true, 100.0, List.of("organization:acme"), List.of("account:" + ADA.account()));

    assertThat(decide(both).on()).isFalse();
    assertThat(decide(both).why()).startsWith("deny has account:");
  }

  @Test
  void sideHasItsOwnRules() {
    RolloutRules rules =
        new RolloutRules(
            true,
            100.0,
            null,
            null,
            null,
            new Side(null, 0.0, List.of("organization:rival"), null));

    assertThat(rules.decide(ADA, RolloutSide.SENDING).on()).isTrue();
    assertThat(rules.decide(ADA, RolloutSide.RECEIVING))
        .isEqualTo(new RolloutDecision(false, "not among the 0 %"));
  }

  @Test
  void percentageIsStablePerAccountAndGrowsByAddingAccounts() {
    Random random = new Random(7);
    List<RolloutTarget> targets = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      targets.add(new RolloutTarget(id, id, new OrganizationId("acme"), "a@example.test"));
    }

    Set<UUID> ten = on(targets, 10, RolloutSide.SENDING);
    Set<UUID> fifty = on(targets, 50, RolloutSide.SENDING);

    assertThat(ten).hasSizeBetween(400, 600).isEqualTo(on(targets, 10, RolloutSide.RECEIVING));
    assertThat(fifty).hasSizeBetween(2_300, 2_700).containsAll(ten);
    assertThat(on(targets, 100, RolloutSide.SENDING)).hasSize(5_000);
    assertThat(on(targets, 0, RolloutSide.SENDING)).isEmpty();
    assertThat(on(targets, 10, RolloutSide.SENDING)).isEqualTo(ten);
  }

  private static Set<UUID> on(List<RolloutTarget> targets, double percentage, RolloutSide side) {
    RolloutRules rules = rules(true, percentage, null, null);
    Set<UUID> on = new HashSet<>();
    for (RolloutTarget target : targets) {
      if (rules.decide(target, side).on()) {
        on.add(target.account());
      }
    }
    return on;
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 100.1, Double.NaN})
  void percentageThatIsNoneIsRefused(double percentage) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rules(true, percentage, null, null))
        .withMessage("percentage must be between 0 and 100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "org:acme", "organization:", ":acme"})
  void entryWithoutAKindIsRefused(String entry) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RolloutRules(
                    true, null, null, null, new Side(null, null, null, List.of(entry)), null))
        .withMessageStartingWith("sending.deny must have entries such as organization:NAME");
  }
}
