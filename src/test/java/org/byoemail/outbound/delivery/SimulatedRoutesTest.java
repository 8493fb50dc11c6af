package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.WithoutMockBeans;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;

/** The shipped routes where accounts are off and sending is pretended. */
@WithoutMockBeans
@SpringBootTest(
    classes = OutboundRoutesTest.Context.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "byo.secret.keyset=" + AccountFixtures.KEY,
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      "byo.email.enabled=false",
      "byo.outbound.simulated=true",
      "camel.main.routes-include-pattern=file:routes/error-handling.camel.yaml,"
          + "file:routes/outbound/claim.camel.yaml,file:routes/outbound/send.camel.yaml",
      "byo.routes.reload=false",
    })
// Its routes would go on claiming while other tests run.
@DirtiesContext
class SimulatedRoutesTest {
  private final OutboundFixtures fixtures;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Autowired
  SimulatedRoutesTest(OutboundFixtures fixtures) {
    this.fixtures = fixtures;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void mailOfAnAccountIsPretendedToBeSent() {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test", "zoe@example.test");

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fixtures.status(message).equals("simulated"));

    assertThat(fixtures.attempts(message)).containsExactly("SENT simulated");
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "simulated");
    assertThat(fixtures.recipients(message)).containsExactly("simulated", "simulated");
    assertThat(fixtures.events(message)).containsExactly("message.sent");
    assertThat(fixtures.delivery(message)).isEmpty();
    assertThat(server.connections()).isZero();
  }
}
