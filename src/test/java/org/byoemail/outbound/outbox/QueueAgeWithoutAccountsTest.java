package org.byoemail.outbound.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.QueueAge;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** How long mail waits while accounts are switched off. */
@SendingTest
@TestPropertySource(properties = "byo.email.enabled=false")
class QueueAgeWithoutAccountsTest {
  @Autowired private OutboundFixtures fixtures;
  @Autowired private QueueAge queueAge;
  @Autowired private SettableClock clock;

  @Test
  void onlyMailWithoutAnAccountWaits() {
    fixtures.message(fixtures.account(25, null), "ben@example.test");
    fixtures.claim(0, 3);
    fixtures.message(fixtures.account(25, null), "ben@example.test");
    clock.advance(Duration.ofSeconds(60));

    Duration ofAccounts = queueAge.oldest();
    fixtures.message(null, "ben@example.test");
    clock.advance(Duration.ofSeconds(20));
    Duration withoutAccount = queueAge.oldest();

    assertThat(ofAccounts).isZero();
    assertThat(withoutAccount).isEqualTo(Duration.ofSeconds(20));
  }
}
