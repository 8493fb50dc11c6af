package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.byoemail.outbound.delivery.MessageStatus;
import org.junit.jupiter.api.Test;

class BadgeTest {
  @Test
  void mailInReviewIsShownAsWaiting() {
    assertThat(Badge.of(MessageStatus.IN_REVIEW.name())).isEqualTo(Badge.waiting("in review"));
  }
}
