package org.byoemail.account.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.byoemail.account.registry.ReviewRule.When;
import org.junit.jupiter.api.Test;

class SendingPolicyTest {
  @Test
  void ofAgentAndOrganizationTheStricterAppliesFieldByField() {
    SendingPolicy agent = policy(new ReviewRule(When.ALWAYS, false, 100, false));
    SendingPolicy minimum = policy(new ReviewRule(When.NEW_CORRESPONDENTS, true, 24, true));

    SendingPolicy effective = agent.stricter(minimum);

    assertThat(effective).isEqualTo(policy(new ReviewRule(When.ALWAYS, true, 24, true)));
    assertThat(minimum.stricter(agent)).isEqualTo(effective);
    assertThat(agent.raised(effective))
        .containsExactly(
            "review.fourEyes", "review.expiresAfterHours", "review.conversationChanged");
  }

  @Test
  void minimumAppliesToAnAgentThatAsksNothing() {
    SendingPolicy minimum = policy(new ReviewRule(When.EXTERNAL, false, 24, false));

    assertThat(SendingPolicy.NONE.stricter(minimum)).isEqualTo(minimum);
    assertThat(minimum.stricter(SendingPolicy.NONE)).isEqualTo(minimum);
    assertThat(SendingPolicy.effective("{}", minimum.json())).isEqualTo(minimum);
  }

  @Test
  void policyIsReadAsItIsWritten() {
    SendingPolicy policy = policy(new ReviewRule(When.EXTERNAL, true, 5, false));

    assertThat(SendingPolicy.read(policy.json())).isEqualTo(policy);
    assertThat(SendingPolicy.read("{\"later\":{\"a\":1}}")).isEqualTo(SendingPolicy.NONE);
    assertThat(SendingPolicy.NONE.json()).isEqualTo("{}");
    assertThat(policy.version()).isNotEqualTo(SendingPolicy.NONE.version());
  }

  @Test
  void unknownWordOfANewerReleaseIsReadAsTheStrictest() {
    SendingPolicy read =
        SendingPolicy.read(
            """
            {"review": {"when": "sometimes", "expiresAfterHours": 10000}, "findings": {"secret": "quarantine"},
             "shownCharacters": 9, "automaticMail": {"answers": "delay"}, "recipients": {"unknown": "ask"},
             "quotas": {"over": "spread", "agent": {"messagesPerDay": 0}}}
            """);

    assertThat(read.review().when()).isEqualTo(When.ALWAYS);
    assertThat(read.review().expiresAfterHours()).isEqualTo(ReviewRule.MAX_HOURS);
    assertThat(read.findings())
        .isEqualTo(new FindingRule(Map.of("secret", OutgoingAction.REFUSE), 0));
    assertThat(read.automaticMail().answers()).isEqualTo(OutgoingAction.REFUSE);
    assertThat(read.recipients().unknown()).isEqualTo(RecipientRule.Action.REFUSE);
    assertThat(read.quotas().over()).isEqualTo(QuotaRule.OnExceeded.REFUSE);
  }

  @Test
  void mailThatIsNotReadToItsEndGetsTheStrictestActionUnlessItHasItsOwn() {
    FindingRule refusing = new FindingRule(Map.of("secret", OutgoingAction.REFUSE), 0);
    FindingRule lenient =
        new FindingRule(
            Map.of("secret", OutgoingAction.REVIEW, "partly-read", OutgoingAction.ALLOW), 0);

    assertThat(refusing.action("partly-read")).isEqualTo(OutgoingAction.REFUSE);
    assertThat(refusing.action("pattern")).isEqualTo(OutgoingAction.MARK);
    assertThat(lenient.action("partly-read")).isEqualTo(OutgoingAction.ALLOW);
    assertThat(lenient.stricter(refusing).action("partly-read")).isEqualTo(OutgoingAction.REFUSE);
    assertThat(new FindingRule(Map.of("secret", OutgoingAction.ALLOW), 0).action("partly-read"))
        .isEqualTo(OutgoingAction.MARK);
  }

  @Test
  void wordsAndTimesOutsideTheirBoundsAreRefused() {
    assertThatThrownBy(() -> When.of("sometimes")).hasMessageContaining("new-correspondents");
    assertThatThrownBy(() -> new ReviewRule(When.ALWAYS, false, 721, true))
        .hasMessage("must be 1 to 720");
  }

  private static SendingPolicy policy(ReviewRule review) {
    return new SendingPolicy(review);
  }
}
