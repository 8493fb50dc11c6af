package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthFixtures;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.account.oauth.TokenSet.IdTokenClaims;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is stored, and what is not. */
class GrantProofTest {
  private static final String TOKEN = "the-token";
  private static final ConnectionTest PASSED = new ConnectionTest(true, List.of(), null);
  private static final ConnectionTest FAILED = new ConnectionTest(false, List.of(), "Check it.");

  private final ConnectionTests tests = mock(ConnectionTests.class);
  private final Accounts accounts = mock(Accounts.class);
  private final AccountHealthRepository health = mock(AccountHealthRepository.class);
  private final OAuthGrants grants = mock(OAuthGrants.class);
  private final SignInAudit audit = mock(SignInAudit.class);
  private final GrantProof proof =
      new GrantProof(
          tests,
          accounts,
          health,
          grants,
          mock(OAuthProviders.class),
          audit,
          new TransactionTemplate(mock(PlatformTransactionManager.class)));
  private final Account account = account(Auth.OAUTH2, Auth.OAUTH2);
  private final OAuthClient client =
      new OAuthClient(
          UUID.randomUUID(),
          new OrganizationId("acme"),
          "google",
          "client-1",
          null,
          true,
          null,
          GrantType.AUTHORIZATION_CODE);
  private TokenSet tokens = OAuthFixtures.tokens(TOKEN, null);

  @BeforeEach
  void answers() {
    claims(claims("https://issuer.test", "s", null, null, "ann@example.test", null));
    when(tests.test(account, Protocol.SMTP, TOKEN, TestListener.NONE)).thenReturn(PASSED);
    when(tests.test(account, Protocol.IMAP, TOKEN, TestListener.NONE)).thenReturn(PASSED);
    when(accounts.lock(account.id())).thenReturn(Optional.of(account));
    when(accounts.find(account.id())).thenReturn(Optional.of(account));
    when(grants.find(account.id())).thenReturn(Optional.of(waiting()));
  }

  @Test
  void grantThatOpensBothSidesIsStoredAndBothCountAsTested() {
    OAuthResult result = proof.prove(account, waiting(), client, tokens, TestListener.NONE);

    assertThat(result.ok()).isTrue();
    assertThat(result.sides()).extracting(OAuthResult.Side::name).containsExactly("SMTP", "IMAP");
    verify(grants).store(eq(account.id()), any(), eq(client), eq("ann@example.test"), eq(tokens));
    verify(accounts).verified(account, Protocol.SMTP);
    verify(accounts).verified(account, Protocol.IMAP);
    verify(audit).authorized(account, waiting(), "ann@example.test");
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "false, false"})
  void grantThatDoesNotOpenASideIsNotStored(boolean smtp, boolean imap) {
    when(tests.test(account, Protocol.SMTP, TOKEN, TestListener.NONE))
        .thenReturn(smtp ? PASSED : FAILED);
    when(tests.test(account, Protocol.IMAP, TOKEN, TestListener.NONE))
        .thenReturn(imap ? PASSED : FAILED);
    claims(claims("https://issuer.test", "s", null, null, "ben@else.test", null));

    OAuthResult result = proof.prove(account, waiting(), client, tokens, TestListener.NONE);

    assertThat(result.ok()).isFalse();
    assertThat(result.message()).contains("ben@else.test", "ann@example.test");
    assertThat(result.sides()).hasSize(2);
    nothingIsStored();
  }

  @Test
  void nameThatIsNotTheMailboxIsNoReasonToRefuse() {
    claims(claims("https://issuer.test", "s", null, null, "x", "ann.upn@corp.test"));

    assertThat(proof.prove(account, waiting(), client, tokens, TestListener.NONE).ok()).isTrue();
  }

  @Test
  void sideWithAPasswordIsLeftAlone() {
    Account mixed = account(Auth.PLAIN, Auth.OAUTH2);
    when(tests.test(mixed, Protocol.IMAP, TOKEN, TestListener.NONE)).thenReturn(PASSED);
    when(accounts.lock(mixed.id())).thenReturn(Optional.of(mixed));
    when(accounts.find(mixed.id())).thenReturn(Optional.of(mixed));
    when(grants.find(mixed.id())).thenReturn(Optional.of(waiting()));

    assertThat(proof.prove(mixed, waiting(), client, tokens, TestListener.NONE).ok()).isTrue();

    verify(accounts, never()).verified(mixed, Protocol.SMTP);
    verify(tests, never()).test(any(), eq(Protocol.SMTP), any(), any());
  }

  @Test
  void samePersonMayConsentAgain() {
    OAuthGrant before = granted("https://issuer.test", "s", null, null);
    when(grants.find(account.id())).thenReturn(Optional.of(before));

    assertThat(proof.prove(account, before, client, tokens, TestListener.NONE).ok()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://issuer.test, other, , ",
    "https://other.test, s, , ",
    "https://issuer.test, s, tenant-2, object-1",
    "https://issuer.test, s, tenant-1, object-2"
  })
  void anotherPersonIsRefusedBeforeAServerIsAsked(
      String issuer, String subject, @Nullable String tenant, @Nullable String object) {
    claims(claims(issuer, subject, tenant, object, "eve@example.test", null));
    OAuthGrant before =
        tenant == null
            ? granted("https://issuer.test", "s", null, null)
            : granted("https://issuer.test", "s", "tenant-1", "object-1");

    OAuthResult result = proof.prove(account, before, client, tokens, TestListener.NONE);

    assertThat(result.ok()).isFalse();
    assertThat(result.message()).contains("Another person consented before", "eve@example.test");
    verifyNoInteractions(tests);
    nothingIsStored();
  }

  @Test
  void objectIdCountsMoreThanTheSubjectOfAnApplication() {
    claims(claims("https://issuer.test", "new", "tenant-1", "object-1", "ann@example.test", null));
    OAuthGrant before = granted("https://issuer.test", "s", "tenant-1", "object-1");
    when(grants.find(account.id())).thenReturn(Optional.of(before));

    assertThat(proof.prove(account, before, client, tokens, TestListener.NONE).ok()).isTrue();
  }

  @Test
  void missingIdTokenIsNotTheSamePerson() {
    claims(null);

    OAuthResult result =
        proof.prove(
            account,
            granted("https://issuer.test", "s", null, null),
            client,
            tokens,
            TestListener.NONE);

    assertThat(result.ok()).isFalse();
    nothingIsStored();
  }

  @Test
  void accountThatWasChangedMeanwhileGetsNothing() {
    when(accounts.lock(account.id())).thenReturn(Optional.of(AccountFixtures.changed(account)));

    assertThat(proof.prove(account, waiting(), client, tokens, TestListener.NONE).ok()).isFalse();

    nothingIsStored();
  }

  @Test
  void signInThatEndedFirstDecidesThePerson() {
    when(grants.find(account.id()))
        .thenReturn(Optional.of(granted("https://issuer.test", "other", null, null)));

    assertThat(proof.prove(account, waiting(), client, tokens, TestListener.NONE).ok()).isFalse();

    nothingIsStored();
  }

  private void nothingIsStored() {
    verify(grants, never()).store(any(), any(), any(), any(), any());
    verify(accounts, never()).verified(any(), any());
    verifyNoInteractions(audit);
  }

  private void claims(@Nullable IdTokenClaims claims) {
    tokens = OAuthFixtures.tokens(TOKEN, claims);
  }

  private static IdTokenClaims claims(
      String issuer,
      String subject,
      @Nullable String tenant,
      @Nullable String object,
      String email,
      @Nullable String upn) {
    return new IdTokenClaims(issuer, subject, tenant, object, email, upn, null);
  }

  private OAuthGrant waiting() {
    return granted(null, null, null, null);
  }

  private OAuthGrant granted(
      @Nullable String issuer,
      @Nullable String subject,
      @Nullable String tenant,
      @Nullable String object) {
    return new OAuthGrant(
        account.id(),
        "google",
        client.id(),
        GrantType.AUTHORIZATION_CODE,
        "ann@example.test",
        null,
        issuer,
        subject,
        tenant,
        object,
        List.of(),
        null,
        null,
        null,
        null,
        null);
  }

  private static Account account(Auth smtp, Auth imap) {
    return new Account(
        AccountId.next(),
        AgentId.next(),
        new OrganizationId("acme"),
        EndpointId.next(),
        EmailAddress.parse("ann@example.test"),
        new AccountSettings(
            null, server(587, smtp), server(993, imap), "INBOX", Duration.ofSeconds(120), true),
        null,
        null,
        false,
        false,
        null,
        null,
        null,
        1,
        Instant.EPOCH);
  }

  private static ServerSettings server(int port, Auth auth) {
    return new ServerSettings(
        "mail.example.test", port, Security.SSL, auth, "ann@example.test", null);
  }
}
