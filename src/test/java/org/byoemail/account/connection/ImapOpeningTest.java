package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ServerCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How an IMAP connection begins, and what is refused before a password is said. */
class ImapOpeningTest extends ScriptedImapTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.shared();

  ImapOpeningTest() {
    super(AUTHORITY.certificate());
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void certificateOfTheTypedNameIsAccepted(Security security) {
    serve(security, AUTHORITY.issue());

    ConnectionTest test = connections.tests.imap(account(security));

    assertThat(test.ok()).isTrue();
    assertThat(server.commands).contains("AUTHENTICATE PLAIN " + base64("\0ada\0" + PASSWORD));
    assertThat(server.commands).noneMatch(command -> command.startsWith("SELECT"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void certificateOfAnotherNameIsRefusedBeforeAnythingIsSaid(Security security) {
    serve(security, AUTHORITY.issueOnlyFor("127.0.0.1", "mail.example.test"));

    ConnectionFailed failure = failure(account(security));

    assertThat(failure.stage()).isEqualTo(security == Security.SSL ? Stage.TLS : Stage.STARTTLS);
    assertThat(server.commands).noneMatch(command -> command.startsWith("AUTHENTICATE"));
  }

  @Test
  void certificateThatExpiredIsNamedAsSuch() {
    serve(Security.SSL, AUTHORITY.issueExpired());

    ConnectionTest test = connections.tests.imap(account(Security.SSL));

    assertThat(test.ok()).isFalse();
    assertThat(test.hint()).contains("expired");
  }

  @Test
  void certificateOfAnUnknownAuthorityIsRefused() {
    serve(Security.SSL, CertificateAuthority.create().issue());

    ConnectionTest test = connections.tests.imap(account(Security.SSL));

    assertThat(test.hint()).contains("BYO_CONNECTION_TRUSTED_CERTIFICATES");
  }

  @Test
  void wordsInTheClearBeforeTlsAreNotTakenForTheServers() {
    serve(Security.STARTTLS, AUTHORITY.issue());
    server.answer("STARTTLS", "%t OK go on\r\n* CAPABILITY IMAP4rev1\r\n");

    ConnectionFailed failure = failure(account(Security.STARTTLS));

    assertThat(failure.stage()).isEqualTo(Stage.STARTTLS);
    assertThat(server.commands).noneMatch(command -> command.startsWith("AUTHENTICATE"));
  }

  @Test
  void preauthIsRefused() {
    serve(Security.STARTTLS, AUTHORITY.issue());
    server.greetWith("* PREAUTH you are in\r\n");

    assertThat(failure(account(Security.STARTTLS)).stage()).isEqualTo(Stage.GREETING);
  }

  @Test
  void serverWithoutStartTlsIsNotSpokenToInTheClear() {
    server.answer("STARTTLS", "%t BAD what?\r\n");

    ConnectionFailed failure = failure(account(Security.STARTTLS));

    assertThat(failure.stage()).isEqualTo(Stage.STARTTLS);
    assertThat(server.commands).noneMatch(command -> command.startsWith("AUTHENTICATE"));
  }

  @Test
  void refusedSignInShowsTheServersWordsWithoutThePassword() {
    server.answer(
        "AUTHENTICATE",
        "%t NO [AUTHENTICATIONFAILED] no such user, or not with " + PASSWORD + "\r\n");

    ConnectionTest test = connections.tests.imap(account(Security.NONE));

    assertThat(test.ok()).isFalse();
    assertThat(test.steps().get(test.steps().size() - 1).detail())
        .contains("no such user")
        .doesNotContain(PASSWORD);
  }

  @Test
  void farewellInsteadOfAGreetingIsShown() {
    server.greetWith("* BYE too many connections from you\r\n");

    ConnectionFailed failure = failure(account(Security.NONE));

    assertThat(failure.stage()).isEqualTo(Stage.GREETING);
    assertThat(failure.words()).isEqualTo("too many connections from you");
  }

  @Test
  void wordsOfAnotherKindOfServerAreNotShown() {
    server.greetWith("SSH-2.0-secret-banner\r\n");

    assertThat(failure(account(Security.NONE))).hasMessageNotContaining("secret-banner");
  }

  @ParameterizedTest
  @CsvSource({
    "IMAP4rev1 AUTH=PLAIN SASL-IR, AUTHENTICATE PLAIN AGFkYQBjb3JyZWN0IGhvcnNl",
    "IMAP4rev1 AUTH=PLAIN, AUTHENTICATE PLAIN|AGFkYQBjb3JyZWN0IGhvcnNl",
    "IMAP4rev1, LOGIN \"ada\" \"correct horse\"",
    "IMAP4rev1 AUTH=LOGIN LOGINDISABLED, AUTHENTICATE LOGIN|YWRh|Y29ycmVjdCBob3JzZQ==",
  })
  void eachWayToSignInIsKnown(String offers, String said) {
    server.offering(offers);
    server.answer("^AUTHENTICATE (PLAIN|LOGIN)$", "+ \r\n");
    server.answer("^YWRh$", "+ \r\n");
    server.answer("^(AGFkYQBjb3JyZWN0IGhvcnNl|Y29ycmVjdCBob3JzZQ==)$", "A1 OK in\r\n");

    connections.imap.open(account(Security.NONE)).close();

    assertThat(String.join("|", server.commands)).startsWith(said + "|CAPABILITY");
  }

  @Test
  void greetingThatTricklesInEndsInTime() {
    server.greetWith("* OK ");
    ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
    trickle.scheduleWithFixedDelay(() -> server.say("x"), 200, 200, TimeUnit.MILLISECONDS);

    ConnectionFailed failure = failure(account(Security.NONE));

    trickle.shutdownNow();
    assertThat(failure).hasMessageContaining("did not answer in time");
  }

  @Test
  void greetingWithoutEndIsCutOff() {
    server.greetWith("* OK " + "x".repeat(200_000));

    assertThat(failure(account(Security.NONE)).stage()).isEqualTo(Stage.GREETING);
  }

  @Test
  void addressThatTheCallerRefusesIsNotConnectedTo() {
    List<InetAddress> asked = new ArrayList<>();

    assertThatThrownBy(
            () ->
                connections.imap.open(
                    account(Security.NONE),
                    address -> {
                      asked.add(address);
                      throw new IllegalStateException("crowded");
                    }))
        .hasMessage("crowded");

    assertThat(asked).hasSize(1).allMatch(InetAddress::isLoopbackAddress);
    assertThat(server.connections()).isZero();
  }

  @Test
  void literalOfTheMostAbsurdSizeIsRefusedUnread() {
    server.answer("EXAMINE", "* OK [ALERT {2000000000}\r\n");

    ConnectionTest test = connections.tests.imap(account(Security.NONE));

    assertThat(test.ok()).isFalse();
    assertThat(test.steps().get(test.steps().size() - 1).detail()).contains("announces more");
  }

  private void serve(Security security, ServerCertificate certificate) {
    if (security == Security.SSL) {
      server.withTls(certificate);
    } else {
      server.withStartTls(certificate);
    }
  }

  private ConnectionFailed failure(Account account) {
    return catchThrowableOfType(
        () -> connections.imap.open(account).close(), ConnectionFailed.class);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
