package org.byoemail.account.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.connection.TokenUnavailable;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.OAuthAccounts;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TokenServer;
import org.byoemail.support.TokenServer.Consent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Access tokens over several threads and nodes, with a real token endpoint and PostgreSQL. */
@SendingTest
class AccessTokensTest {
  private static final TokenServer PROVIDER = TokenServer.shared();

  @Autowired private AccessTokens tokens;
  @Autowired private OAuthGrantRows rows;
  @Autowired private OAuthGrants grants;
  @Autowired private OAuthClients clients;
  @Autowired private OAuthProviders providers;
  @Autowired private TokenRequests requests;
  @Autowired private OAuthSettings settings;
  @Autowired private Accounts accounts;
  @Autowired private OAuthAccounts fixtures;
  @Autowired private SettableClock clock;
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transactions;
  @Autowired private PublicUrl publicUrl;
  @Autowired private Environment environment;

  private final String user = "ada-" + UUID.randomUUID() + "@example.test";
  private final MeterRegistry meters = new SimpleMeterRegistry();

  @BeforeEach
  void begin() {
    PROVIDER.lifetime(3600);
  }

  @AfterEach
  void end() {
    PROVIDER.before(() -> {});
    reset(publicUrl);
  }

  /** As on another node: it shares nothing but the database. */
  private AccessTokens anotherNode() {
    return new AccessTokens(rows, grants, clients, providers, requests, settings, meters);
  }

  private Account account() {
    return fixtures.sending(user, 587);
  }

  private Account authorized(Consent consent, Duration life) {
    Account account = account();
    consent(account, consent, life);
    return accounts.find(account.id()).orElseThrow();
  }

  private void consent(Account account, Consent consent, Duration life) {
    grants.store(
        account.id(),
        providers.find("test").orElseThrow(),
        clients.of(new OrganizationId("acme"), "test").orElseThrow(),
        user,
        new TokenSet(
            consent.access(), consent.refresh(), clock.instant().plus(life), List.of(), null));
  }

  @Test
  void tokenIsRefreshedAheadOfItsExpiryAndNotBefore() {
    Consent consent = PROVIDER.consent(user);
    Account account = authorized(consent, Duration.ofHours(1));

    String early = tokens.current(account, Protocol.SMTP);
    clock.advance(Duration.ofMinutes(51));
    String late = tokens.current(account, Protocol.SMTP);
    String again = anotherNode().current(account, Protocol.SMTP);

    assertThat(early).isEqualTo(consent.access());
    assertThat(late).isNotEqualTo(consent.access());
    assertThat(again).isEqualTo(late);
    assertThat(PROVIDER.requests(user)).isOne();
  }

  @Test
  void twoNodesThatAskAThousandTimesAtOnceRefreshOnceAPeriod() throws Exception {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    AccessTokens other = anotherNode();

    for (int period = 1; period <= 2; period++) {
      clock.advance(Duration.ofHours(2));
      Set<String> seen = atOnce(1000, n -> (n % 2 == 0 ? tokens : other), account);

      assertThat(seen).hasSize(1);
      assertThat(PROVIDER.requests(user)).isEqualTo(period);
    }
  }

  @Test
  void twoProcessesRefreshOnceAPeriodAndOneGoesOnWhenTheOtherIsKilledMeanwhile(@TempDir Path logs)
      throws Exception {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    try (TokenProcess one = TokenProcess.start(logs.resolve("one"), environment);
        TokenProcess two = TokenProcess.start(logs.resolve("two"), environment)) {
      one.awaitReady();
      two.awaitReady();
      for (int period = 1; period <= 3; period++) {
        clock.advance(Duration.ofHours(2));
        one.ask(clock, account, 500);
        two.ask(clock, account, 500);

        Set<String> seen = new HashSet<>(one.tokens());
        seen.addAll(two.tokens());

        assertThat(seen).singleElement().asString().startsWith("access-");
        assertThat(PROVIDER.requests(user)).isEqualTo(period);
      }

      clock.advance(Duration.ofHours(2));
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch killed = new CountDownLatch(1);
      PROVIDER.before(
          () -> {
            asked.countDown();
            awaited(killed);
            throw new IllegalStateException("the client is gone before an answer");
          });
      one.ask(clock, account, 500);
      assertThat(awaited(asked)).isTrue();
      one.kill();
      PROVIDER.before(() -> {});
      killed.countDown();
      clock.advance(settings.claimTtl().plusSeconds(1));
      two.ask(clock, account, 500);

      assertThat(two.tokens()).singleElement().asString().startsWith("access-");
      assertThat(PROVIDER.requests(user)).isEqualTo(5);
      assertThat(grants.find(account.id()).orElseThrow().error()).isNull();
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private interface Nodes {
    AccessTokens of(int n);
  }

  private static Set<String> atOnce(int times, Nodes nodes, Account account) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(50);
    try {
      CountDownLatch begin = new CountDownLatch(1);
      List<Future<String>> asked = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        AccessTokens node = nodes.of(i);
        asked.add(
            threads.submit(
                () -> {
                  begin.await();
                  return node.current(account, Protocol.SMTP);
                }));
      }
      begin.countDown();
      Set<String> seen = new HashSet<>();
      for (Future<String> one : asked) {
        seen.add(one.get(30, TimeUnit.SECONDS));
      }
      return seen;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void tokenThatIsStillValidIsUsedWhileAnotherNodeFetchesTheNext() throws Exception {
    Consent consent = PROVIDER.consent(user);
    Account account = authorized(consent, Duration.ofHours(1));
    clock.advance(Duration.ofMinutes(51));
    List<String> meanwhile = new ArrayList<>();
    PROVIDER.before(() -> meanwhile.add(anotherNode().current(account, Protocol.SMTP)));

    String next = tokens.current(account, Protocol.SMTP);

    assertThat(meanwhile).containsExactly(consent.access());
    assertThat(next).isNotEqualTo(consent.access());
    assertThat(PROVIDER.requests(user)).isOne();
  }

  @Test
  void rotatedRefreshTokenIsStoredBeforeTheTokenIsUsed() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));

    for (int period = 0; period < 3; period++) {
      clock.advance(Duration.ofHours(2));
      tokens.current(account, Protocol.SMTP);
    }

    assertThat(PROVIDER.requests(user)).isEqualTo(3);
    assertThat(grants.find(account.id()).orElseThrow().error()).isNull();
  }

  @Test
  void newerConsentIsNotOverwrittenByAnOlderRefresh() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    clock.advance(Duration.ofHours(2));
    Consent newer = PROVIDER.consent(user);
    PROVIDER.before(() -> consent(account, newer, Duration.ofHours(1)));

    String token = tokens.current(account, Protocol.SMTP);

    assertThat(token).isEqualTo(newer.access());
  }

  @Test
  void claimOfANodeThatStoppedIsTakenOver() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    clock.advance(Duration.ofHours(2));
    rows.claim(
        account.id(),
        rows.current(account.id()).orElseThrow().generation(),
        Duration.ofSeconds(60));
    clock.advance(Duration.ofSeconds(61));

    String token = tokens.current(account, Protocol.SMTP);

    assertThat(token).startsWith("access-");
    assertThat(PROVIDER.requests(user)).isOne();
  }

  @Test
  void refusedTokenIsReplacedOnce() {
    Consent consent = PROVIDER.consent(user);
    Account account = authorized(consent, Duration.ofHours(1));

    String other = tokens.replacing(account, Protocol.SMTP, consent.access());
    String same = tokens.replacing(account, Protocol.SMTP, consent.access());

    assertThat(other).isNotEqualTo(consent.access());
    assertThat(same).isEqualTo(other);
    assertThat(PROVIDER.requests(user)).isOne();
  }

  @Test
  void revokedGrantStopsItsAccountAloneAndIsToldOnce() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    PROVIDER.revoke(user);
    clock.advance(Duration.ofHours(2));
    when(publicUrl.isSet()).thenReturn(true);
    when(publicUrl.required(anyString()))
        .thenAnswer(asked -> "https://gateway.example.test" + asked.getArgument(0));

    TokenUnavailable first = unavailable(account);
    TokenUnavailable second = unavailable(account);

    assertThat(first.isAuthentication()).isTrue();
    assertThat(second).hasMessageContaining("needs reauthorization");
    Account stopped = accounts.find(account.id()).orElseThrow();
    assertThat(stopped.isSending()).isFalse();
    assertThat(stopped.version()).isGreaterThan(account.version());
    assertThat(accounts.receiving(List.of(account.id()))).isEmpty();
    assertThat(
            jdbc.sql(
                    "SELECT body::text FROM event WHERE account_id = :id AND type ="
                        + " 'account.needs_reauthorization'")
                .param("id", account.id().value())
                .query(String.class)
                .list())
        .singleElement()
        .asString()
        .contains(
            "invalid_grant", "the grant was revoked", "https://gateway.example.test/connect/");
    assertThat(PROVIDER.requests("nobody")).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":\"invalid_grant\"} | invalid_grant",
        "{\"error\":\"interaction_required\"} | interaction_required",
        "{\"error\":\"invalid_grant\",\"suberror\":\"interaction_required\"} | interaction_required",
      })
  void errorThatAPersonMustMendStopsTheAccount(String body, String reason) {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    clock.advance(Duration.ofHours(2));
    PROVIDER.fail(user, 400, body);

    TokenUnavailable failure = unavailable(account);

    assertThat(failure.isAuthentication()).isTrue();
    assertThat(failure).hasMessageContaining(reason);
    assertThat(accounts.find(account.id()).orElseThrow().isSending()).isFalse();
  }

  @Test
  void newConsentMendsTheAccount() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    PROVIDER.revoke(user);
    clock.advance(Duration.ofHours(2));
    unavailable(account);
    Consent again = PROVIDER.consent(user);

    consent(account, again, Duration.ofHours(1));

    assertThat(tokens.current(account, Protocol.SMTP)).isEqualTo(again.access());
    assertThat(accounts.find(account.id()).orElseThrow().isSending()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "503 | busy",
        "429 | {\"error\":\"slow_down\"}",
        "200 | <html>login</html>",
        "302 | ",
        "401 | {\"error\":\"invalid_client\"}",
        "400 | {\"error\":\"unauthorized_client\"}",
        "400 | {\"error\":\"invalid_scope\"}"
      })
  void failureThatNoConsentMendsStopsNoAccountAndBacksOff(int status, String body) {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    clock.advance(Duration.ofHours(2));
    PROVIDER.fail(user, status, body == null ? "" : body);

    TokenUnavailable first = unavailable(account);
    unavailable(account);
    int asked = PROVIDER.requests(user);
    PROVIDER.work(user);
    clock.advance(Duration.ofSeconds(31));
    String token = tokens.current(account, Protocol.SMTP);

    assertThat(first.isAuthentication()).isFalse();
    assertThat(asked).isOne();
    assertThat(token).startsWith("access-");
    assertThat(accounts.find(account.id()).orElseThrow().isSending()).isTrue();
  }

  @Test
  void validTokenIsUsedWhileTheProviderIsAway() {
    Consent consent = PROVIDER.consent(user);
    Account account = authorized(consent, Duration.ofHours(1));
    clock.advance(Duration.ofMinutes(51));
    PROVIDER.fail(user, 503, "");

    String first = tokens.current(account, Protocol.SMTP);
    String second = tokens.current(account, Protocol.SMTP);

    assertThat(List.of(first, second)).containsOnly(consent.access());
    assertThat(PROVIDER.requests(user)).isOne();
  }

  @Test
  void applicationsOwnGrantIsNeverReauthorized() {
    Account account = account();
    OAuthClient app =
        clients.create(
            new OrganizationId("acme"),
            new OAuthClientDraft(
                "test", GrantType.CLIENT_CREDENTIALS, "app", null, "wrong secret", null));
    try {
      grants.assign(account.id(), app, user, null);
      TokenUnavailable refused = unavailable(account);
      clients.change(
          app.id(),
          new OAuthClientDraft("test", app.kind(), "app", null, TokenServer.CLIENT_SECRET, null));
      clock.advance(Duration.ofSeconds(31));
      String token = tokens.current(account, Protocol.SMTP);

      assertThat(refused.isAuthentication()).isFalse();
      assertThat(refused).hasMessageContaining("invalid_client").hasMessageNotContaining("secret");
      assertThat(token).startsWith("access-");
      assertThat(accounts.find(account.id()).orElseThrow().isSending()).isTrue();
    } finally {
      grants.remove(account.id());
      clients.delete(app.id());
    }
  }

  @Test
  void tokenGoesToNoHostThatItsProviderDoesNotName() {
    authorized(PROVIDER.consent(user), Duration.ofHours(1));
    Account moved = fixtures.at("evil.example.test", user, 587);
    consent(moved, PROVIDER.consent(user), Duration.ofHours(1));

    assertThatThrownBy(() -> tokens.current(moved, Protocol.SMTP))
        .isInstanceOf(TokenUnavailable.class)
        .hasMessageContaining("evil.example.test");
    assertThatThrownBy(() -> tokens.requireMailHost(moved, Protocol.SMTP))
        .isInstanceOf(TokenUnavailable.class);
  }

  @Test
  void rowCopiedToAnotherAccountDoesNotOpen() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));
    Account thief = fixtures.sending("eve-" + Ids.next() + "@example.test", 587);
    consent(thief, PROVIDER.consent(user), Duration.ofHours(1));
    jdbc.sql(
            """
            UPDATE oauth_grant g SET access_token = o.access_token, refresh_token = o.refresh_token
            FROM oauth_grant o WHERE g.account_id = :thief AND o.account_id = :owner
            """)
        .param("thief", thief.id().value())
        .param("owner", account.id().value())
        .update();

    assertThatThrownBy(() -> tokens.current(thief, Protocol.SMTP))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("byo.secret.keyset");
  }

  @Test
  void noTokenIsFetchedInATransaction() {
    Account account = authorized(PROVIDER.consent(user), Duration.ofHours(1));

    assertThatThrownBy(() -> transactions.execute(status -> tokens.current(account, Protocol.SMTP)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void storedTokensAreSealed() {
    Consent consent = PROVIDER.consent(user);
    Account account = authorized(consent, Duration.ofHours(1));

    String row =
        jdbc.sql("SELECT g::text FROM oauth_grant g WHERE account_id = :id")
            .param("id", account.id().value())
            .query(String.class)
            .single();
    String stored =
        jdbc.sql(
                "SELECT encode(access_token, 'escape') || encode(refresh_token, 'escape') FROM"
                    + " oauth_grant WHERE account_id = :id")
            .param("id", account.id().value())
            .query(String.class)
            .single();

    assertThat(row + stored).doesNotContain(consent.access()).doesNotContain(consent.refresh());
  }

  private TokenUnavailable unavailable(Account account) {
    return catchThrowableOfType(
        TokenUnavailable.class, () -> tokens.current(account, Protocol.SMTP));
  }
}
