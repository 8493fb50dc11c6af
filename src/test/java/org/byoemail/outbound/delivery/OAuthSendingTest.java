package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.account.oauth.OAuthFixtures;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TokenServer;
import org.byoemail.support.TokenServer.Consent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A token that really signs in to Postfix and Dovecot, which have it judged by introspection. */
@SendingTest
@ExtendWith(OutputCaptureExtension.class)
class OAuthSendingTest {
  private static final TokenServer PROVIDER = TokenServer.shared();

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  @Autowired private OAuthAccounts accountsByToken;
  @Autowired private Accounts accounts;
  @Autowired private OAuthGrants grants;
  @Autowired private OAuthClients clients;
  @Autowired private OAuthProviders providers;
  @Autowired private OutboundFixtures fixtures;
  @Autowired private SendingSteps steps;
  @Autowired private ConnectionTests tests;
  @Autowired private SettableClock clock;
  @Autowired private JdbcClient jdbc;

  private final MailUser ada = DOVECOT.freshUser("ada");
  private final MailUser ben = DOVECOT.freshUser("ben");

  @BeforeEach
  void clear() {
    fixtures.clear();
    PROVIDER.lifetime(3600);
  }

  private Account consented(Consent consent) {
    Account account = accountsByToken.sending(ada.address(), POSTFIX.submissionPort());
    consent(account, consent);
    return accounts.find(account.id()).orElseThrow();
  }

  private void consent(Account account, Consent consent) {
    grants.store(
        account.id(),
        providers.find("test").orElseThrow(),
        clients.of(new OrganizationId("acme"), "test").orElseThrow(),
        ada.address(),
        OAuthFixtures.tokens(
            consent.access(), consent.refresh(), clock.instant().plus(Duration.ofHours(1))));
  }

  @Test
  void mailWaitsForANewConsentAndThenLeavesOnce(CapturedOutput output) throws Exception {
    Consent first = PROVIDER.consent(ada.address());
    Account account = consented(first);
    UUID before = fixtures.message(account, ben.address());
    steps.send();
    PROVIDER.revoke(ada.address());
    // A connection that is open stays signed in, whatever becomes of its token; it is too old now.
    clock.advance(Duration.ofMinutes(11));

    UUID waiting = fixtures.message(account, ben.address());
    steps.send();
    boolean sendingAfterOneUse = accounts.find(account.id()).orElseThrow().isSending();
    clock.advance(Duration.ofHours(3));
    int claimed = steps.send();
    List<String> meanwhile = fixtures.recipients(waiting);
    Consent second = PROVIDER.consent(ada.address());
    consent(account, second);
    steps.send();
    clock.advance(Duration.ofHours(1));
    steps.send();

    assertThat(sendingAfterOneUse).isFalse();
    assertThat(claimed).isZero();
    assertThat(meanwhile).doesNotContain("sent").doesNotContain("failed");
    assertThat(fixtures.recipients(before)).containsExactly("sent");
    assertThat(fixtures.recipients(waiting)).containsExactly("sent");
    assertThat(DOVECOT.awaitMessage(ben, mail -> true)).isNotNull();
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> DOVECOT.messages(ben).size() == 2);
    String everything = output.getAll() + events();
    for (Consent consent : List.of(first, second)) {
      assertThat(everything).doesNotContain(consent.access()).doesNotContain(consent.refresh());
    }
    assertThat(everything).doesNotContain(TokenServer.CLIENT_SECRET);
    assertThat(events()).contains("account.needs_reauthorization");
  }

  private String events() {
    return String.join(
        "\n", jdbc.sql("SELECT type || ' ' || body::text FROM event").query(String.class).list());
  }

  @Test
  void tokenThatTheServerRefusesIsReplacedOnceAndTheMailLeaves() throws Exception {
    Account account = consented(PROVIDER.consent(ada.address()));
    PROVIDER.revokeAccess(ada.address());
    UUID message = fixtures.message(account, ben.address());

    steps.send();

    assertThat(fixtures.recipients(message)).containsExactly("sent");
    assertThat(PROVIDER.requests(ada.address())).isOne();
    assertThat(accounts.find(account.id()).orElseThrow().isSending()).isTrue();
  }

  @Test
  void candidateTokenIsTestedBeforeItIsStored() {
    Account account = consented(PROVIDER.consent(ada.address()));
    Consent candidate = PROVIDER.consent(ada.address());
    Consent ofAnother = PROVIDER.consent(ben.address());

    ConnectionTest passed = tests.smtp(account, candidate.access());
    ConnectionTest refused = tests.smtp(account, ofAnother.access());

    assertThat(passed.ok()).as(passed.toString()).isTrue();
    assertThat(refused.ok()).isFalse();
    assertThat(refused.toString()).contains("535").doesNotContain(ofAnother.access());
    assertThat(PROVIDER.requests(ada.address())).isZero();
  }

  @Test
  void tokenOpensItsOwnMailboxOnly(@Autowired ImapConnections imap) throws Exception {
    Account account = accountsByToken.receiving(ada.address(), DOVECOT.imapsPort());
    consent(account, PROVIDER.consent(ada.address()));

    try (ImapConnection connection = imap.open(account)) {
      connection.send("EXAMINE INBOX");
    }
    ConnectionTest refused = tests.imap(account, PROVIDER.consent(ben.address()).access());

    assertThat(refused.ok()).isFalse();
    assertThat(refused.steps().get(refused.steps().size() - 1).name()).isEqualTo("login");
  }
}
