package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountChanged;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a kept connection is kept. */
class SmtpConnectionsTest {
  private final ScriptedSmtpServer server = new ScriptedSmtpServer().offering("AUTH PLAIN");
  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final Connections connections = new Connections(clock, Duration.ofSeconds(30), null);
  private Account account;

  @BeforeEach
  void makeAccount() {
    account = AccountFixtures.sending("localhost", server.port(), Security.NONE, "horse");
  }

  @AfterEach
  void close() {
    connections.close();
    server.close();
  }

  @Test
  void connectionIsUsedAgainWithoutAskingTheServer() throws Exception {
    send();

    clock.advance(Duration.ofSeconds(29));
    send();

    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.commands("NOOP")).isEmpty();
  }

  @Test
  void afterSomeIdlenessTheServerIsAskedFirst() throws Exception {
    send();

    clock.advance(Duration.ofSeconds(31));
    send();

    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.commands("NOOP")).hasSize(1);
  }

  @Test
  void idleConnectionThatTheServerClosedIsReplaced() throws Exception {
    send();
    server.dropConnections();

    clock.advance(Duration.ofSeconds(31));
    send();

    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.mails()).hasSize(2);
  }

  @Test
  void connectionThatIsIdleForAMinuteIsClosed() throws Exception {
    send();
    clock.advance(Duration.ofSeconds(61));

    await().atMost(Duration.ofSeconds(60)).until(() -> !server.commands("QUIT").isEmpty());
    send();

    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.commands("NOOP")).isEmpty();
  }

  @Test
  void oldConnectionIsReplaced() throws Exception {
    for (int i = 0; i < 22; i++) {
      send();
      clock.advance(Duration.ofSeconds(29));
    }

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void connectionCarriesAHundredMails() throws Exception {
    for (int i = 0; i < 101; i++) {
      send();
    }

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void changedAccountIsConnectedToAnew() throws Exception {
    send();

    connections.smtp.accountChanged(new AccountChanged(account.id()));
    send();

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void mailMustBeOverByTheDeadlineOfItsTryWhateverAnAnswerMayTake() throws Exception {
    server.answer("MAIL FROM", ScriptedSmtpServer.SILENCE);

    SmtpDialogue dialogue =
        connections.smtp.use(
            account, Deadline.in(Duration.ofMillis(300)), SmtpConnectionsTest::deliver);

    assertThat(dialogue.stage()).isEqualTo(Stage.MAIL_FROM);
    assertThat(dialogue.reply()).isNull();
  }

  @Test
  void noConnectionIsMadeAfterTheDeadline() {
    assertThatThrownBy(
            () ->
                connections.smtp.use(
                    account, Deadline.in(Duration.ZERO), SmtpConnectionsTest::deliver))
        .isInstanceOf(ConnectionFailed.class);

    assertThat(server.connections()).isZero();
  }

  @Test
  void connectionInUseWhileItsAccountChangesIsNotKept() throws Exception {
    connections.smtp.use(
        account,
        connections.smtp.attemptDeadline(),
        connection -> {
          connections.smtp.accountChanged(new AccountChanged(account.id()));
          return deliver(connection);
        });

    send();

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void accountThatAnotherNodeChangedIsConnectedToAnew() throws Exception {
    connections.versions.put(account.id(), account.version());
    send();
    connections.smtp.dropOutdated();
    send();
    int before = server.connections();

    connections.versions.put(account.id(), account.version() + 1);
    clock.advance(Duration.ofSeconds(11));
    connections.smtp.dropOutdated();
    send();

    assertThat(before).isEqualTo(1);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void brokenConnectionIsNotKept() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, ScriptedSmtpServer.CUT, "250 taken");
    send();

    send();

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void failureOfTheWorkDiscardsItsConnection() throws Exception {
    assertThatThrownBy(
            () ->
                connections.smtp.use(
                    account,
                    connections.smtp.attemptDeadline(),
                    connection -> {
                      throw new MessagingException("the mail cannot be read");
                    }))
        .isInstanceOf(MessagingException.class);

    send();

    assertThat(server.connections()).isEqualTo(2);
  }

  private void send() throws MessagingException {
    connections.smtp.use(account, connections.smtp.attemptDeadline(), SmtpConnectionsTest::deliver);
  }

  private static SmtpDialogue deliver(SmtpConnection connection) throws MessagingException {
    MimeMessage mail = new MimeMessage(Session.getInstance(new Properties()));
    mail.setFrom("agent@example.test");
    mail.setText("Text.");
    return connection.deliver(
        new Envelope("agent@example.test", List.of(), List.of("ben@example.test"), List.of()),
        mail::writeTo);
  }
}
