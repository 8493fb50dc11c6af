package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is refused before a password is said. */
class SmtpOpeningTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.shared();
  private static final String PASSWORD = "correct horse";

  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private final Connections connections =
      new Connections(Clock.systemUTC(), Duration.ofSeconds(2), AUTHORITY.certificate());

  @AfterEach
  void close() {
    connections.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void certificateOfTheTypedNameIsAccepted(Security security) throws Exception {
    serve(security, "localhost");

    SmtpConnection connection = connections.opener.open(account(security));
    connection.close();

    assertThat(server.commands("AUTH PLAIN")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void certificateOfTheConnectedAddressButNotOfTheTypedNameIsRefused(Security security) {
    serve(security, "127.0.0.1", "mail.example.test");

    ConnectionFailed failure = failure(account(security));

    assertThat(failure.stage()).isEqualTo(security == Security.SSL ? Stage.TLS : Stage.STARTTLS);
    assertThat(failure).hasMessageContaining("localhost");
    assertThat(server.commands("AUTH")).isEmpty();
  }

  @Test
  void typedAddressIsWhatTheCertificateMustName() throws Exception {
    serve(Security.SSL, "127.0.0.1");

    SmtpConnection connection =
        connections.opener.open(
            AccountFixtures.sending("127.0.0.1", server.port(), Security.SSL, PASSWORD));
    connection.close();

    assertThat(server.commands("AUTH PLAIN")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void certificateOfAnUnknownAuthorityIsRefused(Security security) {
    var certificate = CertificateAuthority.create().issue();
    server.offering("STARTTLS", "AUTH PLAIN");
    if (security == Security.SSL) {
      server.withTls(certificate);
    } else {
      server.withStartTls(certificate);
    }

    ConnectionTest test = connections.tests.smtp(account(security));

    assertThat(test.ok()).isFalse();
    assertThat(test.hint()).contains("BYO_CONNECTION_TRUSTED_CERTIFICATES");
    assertThat(server.commands("AUTH")).isEmpty();
  }

  @Test
  void expiredCertificateIsRefused() {
    server.withTls(AUTHORITY.issueExpired());

    ConnectionTest test = connections.tests.smtp(account(Security.SSL));

    assertThat(test.ok()).isFalse();
    assertThat(test.hint()).contains("expired");
  }

  @Test
  void missingStartTlsIsRefusedAndNoPasswordSaid() {
    server.offering("AUTH PLAIN");

    ConnectionFailed failure = failure(account(Security.STARTTLS));

    assertThat(failure.stage()).isEqualTo(Stage.STARTTLS);
    assertThat(server.commands("AUTH")).isEmpty();
  }

  @Test
  void refusedStartTlsIsNoReasonToGoOnWithout() {
    server.offering("STARTTLS", "AUTH PLAIN").answer("STARTTLS", "454 4.7.0 not now");

    ConnectionFailed failure = failure(account(Security.STARTTLS));

    assertThat(failure.stage()).isEqualTo(Stage.STARTTLS);
    assertThat(failure.words()).contains("454 4.7.0 not now");
    assertThat(server.commands("AUTH")).isEmpty();
  }

  @Test
  void plaintextInjectedBehindStartTlsIsForgotten() throws Exception {
    serve(Security.STARTTLS, "localhost");
    server.answer(
        "STARTTLS", "220 ready\r\n250-evil.example.test\r\n250-AUTH LOGIN\r\n250 INJECTED");

    SmtpConnection connection = connections.opener.open(account(Security.STARTTLS));

    assertThat(connection.supports("INJECTED")).isFalse();
    assertThat(server.commands("EHLO")).hasSize(2);
    connection.close();
  }

  @Test
  void extensionsLearntBeforeTlsAreForgotten() throws Exception {
    server
        .offering("STARTTLS")
        .withStartTls(AUTHORITY.issue())
        .answer(
            "EHLO",
            "250-plain\r\n250-STARTTLS\r\n250 BEFORE",
            "250-secure\r\n250-AUTH PLAIN\r\n250 AFTER");

    SmtpConnection connection = connections.opener.open(account(Security.STARTTLS));

    assertThat(connection.supports("BEFORE")).isFalse();
    assertThat(connection.supports("AFTER")).isTrue();
    connection.close();
  }

  @Test
  void refusedEhloAfterTlsIsRefused() {
    server
        .offering("STARTTLS")
        .withStartTls(AUTHORITY.issue())
        .answer("EHLO", "250-plain\r\n250-STARTTLS\r\n250 AUTH PLAIN", "502 5.5.1 no more");

    ConnectionFailed failure = failure(account(Security.STARTTLS));

    assertThat(failure.stage()).isEqualTo(Stage.EHLO);
    assertThat(server.commands("AUTH")).isEmpty();
  }

  @Test
  void serverWithoutAuthIsNoSuccess() {
    server.offering("SIZE 1000");

    ConnectionTest test = connections.tests.smtp(account(Security.NONE));

    assertThat(test.ok()).isFalse();
    assertThat(test.steps()).last().extracting(ConnectionTest.Step::name).isEqualTo("auth");
    assertThat(test.hint()).contains("without TLS");
  }

  @Test
  void wordsOfAnotherKindOfServerAreNotShown() {
    server.answer(ScriptedSmtpServer.GREETING, "-ERR secret of an internal service");

    ConnectionTest test = connections.tests.smtp(account(Security.NONE));

    assertThat(test.toString()).doesNotContain("internal service");
    assertThat(test.hint()).contains("another kind of server");
  }

  @Test
  void portThatExpectsTlsIsRecognised() {
    server.answer(ScriptedSmtpServer.GREETING, ScriptedSmtpServer.SILENCE);

    ConnectionTest test = connections.tests.smtp(account(Security.STARTTLS));

    assertThat(test.hint()).contains("set security to ssl");
  }

  @Test
  void portThatExpectsPlaintextIsRecognised() {
    ConnectionTest test = connections.tests.smtp(account(Security.SSL));

    assertThat(test.hint()).contains("set security to starttls");
  }

  @Test
  void refusedSignInIsTheServersWordsWithoutThePassword() {
    String echoed =
        Base64.getEncoder()
            .encodeToString(("\0agent@example.test\0" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    server
        .offering("AUTH PLAIN")
        .answer("AUTH", "535 5.7.8 refused " + PASSWORD + " and " + echoed);
    Account account = account(Security.NONE);

    ConnectionFailed failure = failure(account);
    ConnectionTest test = connections.tests.smtp(account);

    assertThat(failure.words()).startsWith("535 5.7.8 refused");
    assertThat(failure.stage()).isEqualTo(Stage.AUTH);
    assertThat(failure).hasNoCause();
    assertThat(failure + test.toString()).doesNotContain(PASSWORD).doesNotContain(echoed);
  }

  @Test
  void hintNamesTheAppPassword() {
    server
        .offering("AUTH PLAIN")
        .answer("AUTH", "534 5.7.9 Application-specific password required.");

    assertThat(connections.tests.smtp(account(Security.NONE)).hint()).contains("app password");
  }

  @Test
  void hintNamesDisabledSmtpAuth() {
    server
        .offering("AUTH PLAIN")
        .answer("AUTH", "535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox.");

    assertThat(connections.tests.smtp(account(Security.NONE)).hint())
        .contains("SMTP AUTH is disabled");
  }

  @Test
  void serverThatWantsTlsAtAuthIsNotGivenIt() {
    server.offering("AUTH PLAIN", "STARTTLS").answer("AUTH", "530 5.7.0 Must issue a STARTTLS");

    ConnectionFailed failure = failure(account(Security.NONE));

    assertThat(failure.stage()).isEqualTo(Stage.AUTH);
    assertThat(server.commands("STARTTLS")).isEmpty();
  }

  @Test
  void endlessAnswerIsCutOff() {
    server.answer("EHLO", "250-more\r\n".repeat(150_000) + "250 end");

    ConnectionFailed failure = failure(account(Security.NONE));

    assertThat(failure.stage()).isEqualTo(Stage.EHLO);
  }

  @Test
  void passedTestListsItsSteps() {
    serve(Security.STARTTLS, "localhost");

    ConnectionTest test = connections.tests.smtp(account(Security.STARTTLS));

    assertThat(test.ok()).isTrue();
    assertThat(test.hint()).isNull();
    assertThat(test.steps())
        .allMatch(ConnectionTest.Step::ok)
        .extracting(ConnectionTest.Step::name)
        .containsExactly("host", "connect", "greeting", "ehlo", "tls", "auth", "noop");
  }

  @Test
  void serverThatDripsIsGivenUpWhenTheTestMustBeOver() {
    // Each line is in time for itself: the opening as a whole is not.
    server.offering("AUTH PLAIN").drip(Duration.ofMillis(1500));

    ConnectionTest test = connections.tests.smtp(account(Security.NONE));

    assertThat(test.ok()).isFalse();
    assertThat(test.steps().get(test.steps().size() - 1).detail()).contains("in time");
  }

  @Test
  void testsOfAHostAreLimited() throws Exception {
    server.answer(ScriptedSmtpServer.GREETING, ScriptedSmtpServer.SILENCE);
    CompletableFuture<ConnectionTest> first =
        CompletableFuture.supplyAsync(() -> connections.tests.smtp(account(Security.NONE)));
    await().atMost(Duration.ofSeconds(5)).until(() -> server.connections() == 1);

    assertThatThrownBy(() -> connections.tests.smtp(account(Security.NONE)))
        .isInstanceOf(TooManyTests.class)
        .hasMessageContaining("mail server");

    assertThat(first.get(10, TimeUnit.SECONDS).ok()).isFalse();
  }

  @Test
  void testsOfAnOrganizationAreLimited() throws Exception {
    server.answer(ScriptedSmtpServer.GREETING, ScriptedSmtpServer.SILENCE);
    List<CompletableFuture<ConnectionTest>> running = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      Account account =
          AccountFixtures.sending("127.0.0." + i, server.port(), Security.NONE, PASSWORD);
      running.add(CompletableFuture.supplyAsync(() -> connections.tests.smtp(account)));
    }
    Account third = AccountFixtures.sending("127.0.0.3", server.port(), Security.NONE, PASSWORD);
    await().atMost(Duration.ofSeconds(5)).until(() -> server.connections() == 2);

    assertThatThrownBy(() -> connections.tests.smtp(third))
        .isInstanceOf(TooManyTests.class)
        .hasMessageContaining("organisation");

    CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
  }

  @Test
  void refusedNetworkIsNotConnectedTo() {
    Account account = AccountFixtures.sending("10.255.255.1", 587, Security.NONE, PASSWORD);

    ConnectionTest test = connections.tests.smtp(account);

    assertThat(test.ok()).isFalse();
    assertThat(test.steps())
        .singleElement()
        .satisfies(step -> assertThat(step.detail()).contains("BYO_CONNECTION_ALLOWED_NETWORKS"));
  }

  private void serve(Security security, String... names) {
    var certificate = AUTHORITY.issueOnlyFor(names);
    server.offering("STARTTLS", "AUTH PLAIN");
    if (security == Security.SSL) {
      server.withTls(certificate);
    } else {
      server.withStartTls(certificate);
    }
  }

  private Account account(Security security) {
    return AccountFixtures.sending("localhost", server.port(), security, PASSWORD);
  }

  private ConnectionFailed failure(Account account) {
    return catchThrowableOfType(ConnectionFailed.class, () -> connections.opener.open(account));
  }
}
