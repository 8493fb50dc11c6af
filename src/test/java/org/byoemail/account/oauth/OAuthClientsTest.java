package org.byoemail.account.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.OAuthAccounts;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whose OAuth client is used, and what is kept of its secret. */
@SendingTest
class OAuthClientsTest {
  private static final String SECRET = "a-client-secret-that-must-not-show";

  @Autowired private OAuthClients clients;
  @Autowired private OAuthGrants grants;
  @Autowired private OAuthGrantRows rows;
  @Autowired private OAuthSettings settings;
  @Autowired private OAuthAccounts accounts;
  @Autowired private SettableClock clock;
  @Autowired private JdbcClient jdbc;

  private final String organization = "org-" + UUID.randomUUID();

  private OAuthClient create(GrantType kind, String secret, Instant expiresAt) {
    return clients.create(
        new OrganizationId(organization),
        new OAuthClientDraft("test", kind, "own", null, secret, expiresAt));
  }

  @Test
  void ownClientTakesPrecedenceOverTheOperators() {
    Optional<OAuthClient> operators = clients.of(new OrganizationId(organization), "test");
    OAuthClient own = create(GrantType.AUTHORIZATION_CODE, SECRET, null);

    assertThat(operators).map(OAuthClient::clientId).contains("gateway");
    assertThat(clients.of(new OrganizationId(organization), "test")).contains(own);
    assertThat(clients.find(operators.orElseThrow().id())).isEqualTo(operators);
  }

  @Test
  void accessWithoutConsentIsByTheOrganizationsOwnClientOnly() {
    assertThatThrownBy(
            () ->
                clients.create(
                    new OrganizationId(""),
                    new OAuthClientDraft(
                        "test", GrantType.CLIENT_CREDENTIALS, "app", null, SECRET, null)))
        .isInstanceOf(OAuthClientInvalid.class);
    assertThat(clients.of(new OrganizationId(organization), "test", GrantType.CLIENT_CREDENTIALS))
        .isEmpty();
  }

  @Test
  void secretIsSealedAndBoundToItsRow() {
    OAuthClient own = create(GrantType.AUTHORIZATION_CODE, SECRET, null);
    OAuthClient other = create(GrantType.CLIENT_CREDENTIALS, "another secret", null);

    jdbc.sql(
            "UPDATE oauth_client SET secret = (SELECT secret FROM oauth_client WHERE id = :own)"
                + " WHERE id = :other")
        .param("own", own.id())
        .param("other", other.id())
        .update();

    assertThat(clients.secret(own)).isEqualTo(SECRET);
    assertThat(own.toString()).doesNotContain(SECRET);
    assertThatThrownBy(() -> clients.secret(other)).isInstanceOf(IllegalStateException.class);
    assertThat(
            jdbc.sql("SELECT encode(secret, 'escape') FROM oauth_client WHERE id = :id")
                .param("id", own.id())
                .query(String.class)
                .single())
        .doesNotContain(SECRET);
  }

  @Test
  void changeWithoutASecretKeepsIt() {
    OAuthClient own = create(GrantType.AUTHORIZATION_CODE, SECRET, null);

    clients.change(
        own.id(), new OAuthClientDraft("test", own.kind(), "renamed", "tenant-1", null, null));

    OAuthClient changed = clients.find(own.id()).orElseThrow();
    assertThat(changed.clientId()).isEqualTo("renamed");
    assertThat(clients.secret(changed)).isEqualTo(SECRET);
  }

  @Test
  void secondClientOfAKindIsAConflict() {
    create(GrantType.AUTHORIZATION_CODE, SECRET, null);

    assertThatThrownBy(() -> create(GrantType.AUTHORIZATION_CODE, SECRET, null))
        .isInstanceOf(OAuthClientExists.class);
  }

  @Test
  void clientThatAccountsUseIsNotDeleted() {
    OAuthClient own = create(GrantType.AUTHORIZATION_CODE, SECRET, null);
    Account account = accounts.sending("ada-" + UUID.randomUUID() + "@example.test", 587);
    grants.assign(account.id(), own, "ada", null);

    assertThatThrownBy(() -> clients.delete(own.id())).isInstanceOf(OAuthClientInUse.class);
    grants.remove(account.id());

    assertThat(clients.delete(own.id())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "nobody, authorization_code, own, , a-secret, provider",
    "microsoft, client_credentials, own, , a-secret, tenant",
    "microsoft, client_credentials, own, common, a-secret, tenant",
    "microsoft, authorization_code, own, ../x, a-secret, tenant",
    "test, client_credentials, own, , , secret",
    "test, service_account, own, , no-key, secret",
    "test, authorization_code, , , a-secret, clientId"
  })
  void clientThatCannotWorkIsRefused(
      String provider, String kind, String clientId, String tenant, String secret, String field) {
    OAuthClientDraft draft =
        new OAuthClientDraft(provider, GrantType.of(kind), clientId, tenant, secret, null);

    OAuthClientInvalid invalid =
        catchThrowableOfType(
            OAuthClientInvalid.class,
            () -> clients.create(new OrganizationId(organization), draft));

    assertThat(invalid.field()).isEqualTo(field);
    assertThat(draft.toString()).doesNotContain("a-secret");
  }

  @Test
  void secretThatExpiresWithinThirtyDaysIsWarnedOf() {
    OAuthClient soon =
        create(GrantType.AUTHORIZATION_CODE, SECRET, clock.instant().plus(Duration.ofDays(29)));

    Health health = health();
    clients.delete(soon.id());
    create(GrantType.AUTHORIZATION_CODE, SECRET, clock.instant().plus(Duration.ofDays(31)));
    Health later = health();

    assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(health.getDetails().toString()).contains(organization).doesNotContain(SECRET);
    assertThat(later.getDetails().get("secretsExpiring").toString()).doesNotContain(organization);
  }

  private Health health() {
    OAuthHealthIndicator indicator =
        new OAuthHealthIndicator(clients, rows, settings, clock, new SimpleMeterRegistry());
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(indicator::health, found -> !found.getStatus().equals(Status.UNKNOWN));
  }
}
