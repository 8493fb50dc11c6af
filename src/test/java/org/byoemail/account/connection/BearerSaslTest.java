package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in with bearer tokens. */
class BearerSaslTest {
  private static final String ERROR =
      base64("{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"https://mail.google.com/\"}");
  private static final String DETAIL =
      "(status 401, schemes bearer, scope https://mail.google.com/)";

  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private final Connections connections =
      new Connections(
          Clock.systemUTC(), Duration.ofSeconds(2), CertificateAuthority.shared().certificate());

  @AfterEach
  void close() {
    connections.close();
    server.close();
  }

  private Account account() {
    return AccountFixtures.byToken("localhost", server.port(), Security.NONE, "ada@example.test");
  }

  @Test
  void xoauth2NamesTheUserAndTheToken() {
    String response = BearerSasl.XOAUTH2.response(settings("ada@example.test"), "ada@x.test", "t1");

    assertThat(decoded(response)).isEqualTo("user=ada@x.test\1auth=Bearer t1\1\1");
  }

  @Test
  void oauthbearerIsWrittenAsItsRfcSays() {
    String response =
        BearerSasl.OAUTHBEARER.response(settings("ada@example.test"), "a=b,c@x.test", "t1");

    assertThat(decoded(response))
        .isEqualTo("n,a=a=3Db=2Cc@x.test,\1host=mail.example.test\1port=993\1auth=Bearer t1\1\1");
  }

  @ParameterizedTest
  @CsvSource({
    "AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER, XOAUTH2",
    "AUTH OAUTHBEARER PLAIN, OAUTHBEARER",
    "AUTH XOAUTH2, XOAUTH2"
  })
  void mechanismIsOneThatTheServerOffers(String offer, String mechanism) throws Exception {
    server.offering(offer);
    connections.tokens.give("token-1");

    connections.opener.open(account()).close();

    assertThat(server.commands("AUTH " + mechanism + " ")).hasSize(1);
  }

  @Test
  void serverWithoutEitherIsToldNoToken() {
    server.offering("AUTH PLAIN LOGIN");
    connections.tokens.give("token-1");

    ConnectionFailed failure = failure();

    assertThat(failure.stage()).isEqualTo(Stage.AUTH);
    assertThat(server.commands("AUTH")).isEmpty();
    assertThat(connections.tokens.refused()).isEmpty();
  }

  @Test
  void xoauth2ErrorIsAcknowledgedByAnEmptyLine() {
    server.offering("AUTH XOAUTH2").answer("AUTH XOAUTH2", "334 " + ERROR);
    connections.tokens.give("token-1");

    failure();

    assertThat(server.commands("")).contains("").doesNotContain("AQ==");
  }

  @Test
  void oauthbearerErrorIsAcknowledgedAndShown() {
    server
        .offering("AUTH OAUTHBEARER")
        .answer("AUTH OAUTHBEARER", "334 " + ERROR)
        .answer("AQ==", "535 5.7.8 not accepted");
    connections.tokens.give("token-1");

    ConnectionTest test = connections.tests.smtp(account(), "candidate-1");

    assertThat(server.commands("AQ==")).hasSize(1);
    assertThat(test.ok()).isFalse();
    assertThat(test.toString()).contains("535 5.7.8").contains(DETAIL).doesNotContain("candidate");
  }

  @Test
  void refusedTokenIsReplacedOnceThenItIsAnAuthenticationError() {
    server.offering("AUTH XOAUTH2").answer("AUTH XOAUTH2", "535 5.7.3 Authentication unsuccessful");
    connections.tokens.give("token-1", "token-2", "token-3");

    ConnectionFailed failure = failure();

    assertThat(connections.tokens.refused()).containsExactly("token-1");
    assertThat(server.commands("AUTH")).hasSize(2);
    assertThat(failure.stage()).isEqualTo(Stage.AUTH);
    assertThat(failure).hasMessageContaining("5.7.3");
  }

  @Test
  void temporaryRefusalCostsNoToken() {
    server.offering("AUTH XOAUTH2").answer("AUTH XOAUTH2", "454 4.7.0 Temporary failure");
    connections.tokens.give("token-1", "token-2");

    failure();

    assertThat(connections.tokens.refused()).isEmpty();
  }

  @Test
  void missingTokenIsAStepOfItsOwnAndNothingIsConnectedTo() {
    ConnectionTest test = connections.tests.smtp(account());

    assertThat(test.steps()).extracting(ConnectionTest.Step::name).containsExactly("token");
    assertThat(test.toString()).contains("the provider takes long");
    assertThat(server.connections()).isZero();
  }

  @Test
  void candidateGoesToNoOtherHost() {
    connections.tokens.forbid("localhost");

    ConnectionTest test = connections.tests.smtp(account(), "candidate-1");

    assertThat(test.ok()).isFalse();
    assertThat(server.connections()).isZero();
  }

  @Test
  void serverThatEchoesTheTokenDoesNotShowIt() {
    String response = BearerSasl.XOAUTH2.response(settings("ada"), "ada@example.test", "token-1");
    server.offering("AUTH XOAUTH2").answer("AUTH XOAUTH2", "535 bad token token-1 in " + response);

    ConnectionTest test = connections.tests.smtp(account(), "token-1");

    assertThat(test.toString()).contains("535 bad token [hidden]").doesNotContain("token-1");
    assertThat(test.toString()).doesNotContain(response);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%%%", "bm90IGpzb24=", "e30=", "eyJzdGF0dXMiOnt9fQ=="})
  void challengeThatIsNoErrorAddsNothing(String challenge) {
    assertThat(BearerSasl.detail(challenge)).isEmpty();
  }

  private ConnectionFailed failure() {
    return catchThrowableOfType(ConnectionFailed.class, () -> connections.opener.open(account()));
  }

  private static ServerSettings settings(String user) {
    return new ServerSettings("mail.example.test", 993, Security.SSL, Auth.OAUTH2, user, null);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
