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
import org.byoemail.support.ImapServer;
import org.byoemail.support.MailUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * The real inbound routes against a real IMAP server, over TLS. Each make has a class of its own,
 * which is left out where that server is not installed; they share the Spring context.
 */
@InboundRoutesTest
abstract class RealImapServerTest {
  static final String ANN = "ann@else.test";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ImapServer server;

  @Autowired InboundFixture fixture;
  @Autowired MailboxWatchers watchers;

  Account watched;

  RealImapServerTest(ImapServer server) {
    this.server = server;
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
  void mailIsIngestedByIdleOnceAndMoved(Security security) {
    MailUser user = server.freshUser("agent");
    int before = server.count(user, "INBOX");
    String done = server.folder("Done");
    watch(user, security, new InboundOptions(AfterIngest.MOVE, done, null));

    server.deliver(user.address(), mail(ANN, "first"));
    awaitIngested("first");
    awaitState(MailboxState.IDLE);
    server.deliver(user.address(), mail(ANN, "second"));

    awaitIngested("first", "second");
    // The folder is created with the first mail that is moved.
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> server.count(user, done) == 2);
    assertThat(server.count(user, "INBOX")).isEqualTo(before);
    assertThat(
            fixture
                .jdbc
                .sql("SELECT modseq FROM mailbox WHERE account_id = ?")
                .param(watched.id().value())
                .query(Long.class)
                .single())
        .isPositive();
  }

  void watch(MailUser user, Security security, InboundOptions options) {
    int port = security == Security.SSL ? server.imapsPort() : server.imapPort();
    watched =
        fixture.enable(fixture.account(user, new Server(port, security, true), open(), options));
    awaitState(MailboxState.IDLE);
  }

  void awaitState(MailboxState state) {
    await(
        "state " + state,
        () -> watchers.states(watched.id()).stream().findFirst(),
        status -> status.isPresent() && status.get().state() == state);
  }

  void awaitIngested(String... subjects) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> fixture.subjects(watched, "ingested"), List.of(subjects)::equals);
  }
}
