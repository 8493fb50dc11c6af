package org.byoemail.outbound.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.account.registry.RecipientRule;
import org.byoemail.account.registry.RecipientRule.Action;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("compute")
class RecipientGateTest {
  @Test
  void strictestActionOfAllRecipientsCounts() {
    RecipientRule rule = new RecipientRule(Action.REVIEW, Action.REFUSE);

    GateDecision both = decide(rule, Origin.CONTACT, Origin.NAMED, Origin.UNKNOWN);
    GateDecision named = decide(rule, Origin.NAMED, Origin.INTRODUCED);
    GateDecision vouched =
        decide(rule, Origin.PARTICIPANT, Origin.CONTACT, Origin.CORRESPONDENT, Origin.INTRODUCED);

    assertThat(both.result()).isEqualTo(Result.REFUSE);
    assertThat(both.code()).isEqualTo("unknown-recipient");
    assertThat(named.result()).isEqualTo(Result.REVIEW);
    assertThat(named.code()).isEqualTo("unvouched-recipient");
    assertThat(named.reason()).startsWith("a0@x.test: only a mail names this address");
    assertThat(vouched.result()).isEqualTo(Result.PASS);
    assertThat(vouched.facts().get("origins").toString())
        .isEqualTo(
            "[a0@x.test participant, a1@x.test contact, a2@x.test correspondent, a3@x.test introduced]");
  }

  @Test
  void reasonNamesAFewAddresses() {
    Origin[] many = new Origin[8];
    Arrays.fill(many, Origin.NAMED);

    assertThat(decide(new RecipientRule(Action.REFUSE, Action.ALLOW), many).reason())
        .contains("a4@x.test and 3 more");
  }

  private static GateDecision decide(RecipientRule rule, Origin... origins) {
    Map<EmailAddress, Origin> all = new LinkedHashMap<>();
    for (int i = 0; i < origins.length; i++) {
      all.put(EmailAddress.parse("a" + i + "@x.test"), origins[i]);
    }
    return RecipientGate.decide(rule, all);
  }
}
