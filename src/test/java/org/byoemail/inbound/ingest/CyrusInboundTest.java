package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.inbound.ingest.InboundFixture.await;
import static org.byoemail.inbound.ingest.InboundFixture.mail;
import static org.byoemail.inbound.ingest.InboundFixture.open;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.inbound.mailbox.MailboxState;
import org.byoemail.inbound.mailbox.MailboxWatchers;
import org.byoemail.support.CyrusServer;
import org.byoemail.support.MailUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The real inbound routes against an IMAP server of another make, over TLS. */
@InboundRoutesTest
class CyrusInboundTest {
  @RegisterExtension static final CyrusServer CYRUS = CyrusServer.shared();

  private static final String ANN = "ann@else.test";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Autowired InboundFixture fixture;
  @Autowired MailboxWatchers watchers;

  private Account watched;

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    InboundNodes.registerTls(registry);
  }

  @AfterEach
  void stop() {
    if (watched != null) {
      fixture.disable(watched);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void mailIsTakenInByIdleOnceAndMoved(Security security) {
    MailUser user = CYRUS.freshUser("agent");
    int port = security == Security.SSL ? CYRUS.imapsPort() : CYRUS.imapPort();
    InboundOptions moved = new InboundOptions(AfterIngest.MOVE, "INBOX/Done", null);
    watched =
        fixture.enable(fixture.account(user, new Server(port, security, true), open(), moved));
    await(
        "idle",
        () -> watchers.states(watched.id()).stream().findFirst(),
        status -> status.isPresent() && status.get().state() == MailboxState.IDLE);

    CYRUS.deliver(user.address(), mail(ANN, "first"));
    awaitIngested("first");
    CYRUS.deliver(user.address(), mail(ANN, "second"));

    awaitIngested("first", "second");
    Awaitility.await().atMost(PATIENCE).until(() -> CYRUS.count(user, "INBOX/Done") == 2);
    assertThat(CYRUS.count(user, "INBOX")).isEqualTo(1);
    assertThat(
            fixture
                .jdbc
                .sql("SELECT modseq FROM mailbox WHERE account_id = ?")
                .param(watched.id().value())
                .query(Long.class)
                .single())
        .isPositive();
  }

  private void awaitIngested(String... subjects) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> fixture.subjects(watched, "ingested"), List.of(subjects)::equals);
  }
}
