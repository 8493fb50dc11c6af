package org.byoemail.account.oauth;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.account.oauth.OAuthSettings.Provider;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The OAuth clients: of the settings ({@code byo.oauth.providers.<name>.client-id}), and of the
 * table {@code oauth_client}. Secrets are sealed and write-only. People consent to their
 * organisation's own client, else to the operator's. Access without consent needs the
 * organisation's own client, or one organisation could read the mailboxes of another. Safe for use
 * by many threads and nodes.
 */
@Repository
public class OAuthClients {
  static final String FIELD = "oauth-client";
  private static final int MAX_ID = 500;
  private static final int MAX_SECRET = 16_384;
  private static final int MAX_ACCOUNTS = 1_000;

  private final JdbcClient jdbc;
  private final Secrets secrets;
  private final OAuthProviders providers;

  OAuthClients(JdbcClient jdbc, Secrets secrets, OAuthProviders providers) {
    this.jdbc = jdbc;
    this.secrets = secrets;
    this.providers = providers;
  }

  /** The client by which people of an organisation consent: its own, else the operator's. */
  public Optional<OAuthClient> of(OrganizationId organization, String provider) {
    return of(organization, provider, GrantType.AUTHORIZATION_CODE);
  }

  /**
   * The client of an organisation for one grant type: its own, or, if a person consents, the
   * operator's.
   */
  public Optional<OAuthClient> of(OrganizationId organization, String provider, GrantType kind) {
    Optional<OAuthClient> own = row(organization, provider, kind);
    if (own.isPresent() || !kind.isPersonal()) {
      return own;
    }
    return row(OrganizationId.OPERATOR, provider, kind).or(() -> ofSettings(provider));
  }

  private Optional<OAuthClient> row(OrganizationId organization, String provider, GrantType kind) {
    return jdbc.sql(
            """
            SELECT * FROM oauth_client
            WHERE organization = :organization AND provider = :provider AND kind = :kind
            """)
        .param("organization", organization.value())
        .param("provider", provider)
        .param("kind", kind.word())
        .query(OAuthClients::read)
        .optional();
  }

  /** The client of that id. */
  public Optional<OAuthClient> find(UUID id) {
    return jdbc.sql("SELECT * FROM oauth_client WHERE id = :id")
        .param("id", id)
        .query(OAuthClients::read)
        .optional()
        .or(() -> ofSettings().filter(client -> client.id().equals(id)).findFirst());
  }

  /**
   * The clients of an organisation, the ones from the settings last.
   *
   * @param organization null: all
   */
  public List<OAuthClient> list(@Nullable OrganizationId organization) {
    List<OAuthClient> clients =
        new ArrayList<>(
            jdbc.sql(
                    """
                    SELECT * FROM oauth_client
                    WHERE :organization::text IS NULL OR organization = :organization ORDER BY id
                    """)
                .param("organization", OrganizationId.valueOrNull(organization))
                .query(OAuthClients::read)
                .list());
    if (organization == null || organization.isOperator()) {
      clients.addAll(ofSettings().toList());
    }
    return clients;
  }

  private Stream<OAuthClient> ofSettings() {
    return providers.all().stream().flatMap(provider -> ofSettings(provider.name()).stream());
  }

  /** The operator's client of the settings. */
  Optional<OAuthClient> ofSettings(String name) {
    return Optional.ofNullable(providers.withClient(name))
        .map(
            entry ->
                new OAuthClient(
                    idOfSettings(name),
                    OrganizationId.OPERATOR,
                    name,
                    String.valueOf(entry.clientId()),
                    entry.tenant(),
                    entry.clientSecret() != null,
                    entry.clientSecretExpiresAt(),
                    GrantType.AUTHORIZATION_CODE));
  }

  private static UUID idOfSettings(String provider) {
    return UUID.nameUUIDFromBytes(
        ("byo.oauth.providers." + provider).getBytes(StandardCharsets.UTF_8));
  }

  /** Whether it is the operator's client of the settings, which has no row. */
  static boolean isOfSettings(OAuthClient client) {
    return client.id().equals(idOfSettings(client.provider()));
  }

  /**
   * Stores a client.
   *
   * @throws OAuthClientInvalid naming the field
   * @throws OAuthClientExists if the organisation has one of that provider and grant type
   */
  @Transactional
  public OAuthClient create(OrganizationId organization, OAuthClientDraft draft) {
    String clientId = check(organization, draft, false);
    UUID id = Ids.next();
    try {
      jdbc.sql(
              """
              INSERT INTO oauth_client (id, organization, provider, kind, client_id, tenant, secret,
                secret_expires_at, created_at, updated_at)
              VALUES (:id, :organization, :provider, :kind, :clientId, :tenant, :secret, :expiresAt,
                statement_timestamp(), statement_timestamp())
              """)
          .param("id", id)
          .param("organization", organization.value())
          .param("provider", draft.provider())
          .param("kind", draft.kind().word())
          .param("clientId", clientId)
          .param("tenant", draft.tenant())
          .param("secret", sealed(id, draft.secret()))
          .param("expiresAt", SqlTimestamps.parameter(draft.secretExpiresAt()))
          .update();
    } catch (DuplicateKeyException e) {
      throw new OAuthClientExists(draft);
    }
    return find(id).orElseThrow();
  }

  /**
   * Changes a client; provider and grant type stay as they are.
   *
   * @throws OAuthClientInvalid naming the field
   */
  @Transactional
  public Optional<OAuthClient> change(UUID id, OAuthClientDraft draft) {
    Optional<OAuthClient> before = find(id);
    if (before.isEmpty() || isOfSettings(before.get())) {
      return Optional.empty();
    }
    OAuthClient old = before.get();
    OAuthClientDraft given =
        new OAuthClientDraft(
            old.provider(),
            old.kind(),
            draft.clientId(),
            draft.tenant(),
            draft.secret(),
            draft.secretExpiresAt());
    String clientId = check(old.organization(), given, old.hasSecret());
    jdbc.sql(
            """
            UPDATE oauth_client SET client_id = :clientId, tenant = :tenant,
              secret = coalesce(:secret, secret), secret_expires_at = :expiresAt,
              updated_at = statement_timestamp()
            WHERE id = :id
            """)
        .param("id", id)
        .param("clientId", clientId)
        .param("tenant", given.tenant())
        .param("secret", sealed(id, given.secret()))
        .param("expiresAt", SqlTimestamps.parameter(given.secretExpiresAt()))
        .update();
    return find(id);
  }

  /**
   * Deletes a client.
   *
   * @throws OAuthClientInUse if accounts have grants of it
   */
  @Transactional
  public boolean delete(UUID id) {
    // The lock keeps new grants, whose foreign key asks for the row, out until the commit.
    boolean exists =
        jdbc.sql("SELECT id FROM oauth_client WHERE id = :id FOR UPDATE")
            .param("id", id)
            .query(UUID.class)
            .optional()
            .isPresent();
    int accounts =
        jdbc.sql(
                "SELECT count(*) FROM (SELECT 1 FROM oauth_grant WHERE client_id = :id LIMIT "
                    + MAX_ACCOUNTS
                    + ") g")
            .param("id", id)
            .query(Integer.class)
            .single();
    if (accounts > 0) {
      throw new OAuthClientInUse(accounts);
    }
    return exists
        && jdbc.sql("DELETE FROM oauth_client WHERE id = :id").param("id", id).update() == 1;
  }

  /** The client secret, or the key of a service account; null if absent. */
  @Nullable String secret(OAuthClient client) {
    if (isOfSettings(client)) {
      Provider entry = providers.withClient(client.provider());
      return entry == null ? null : entry.clientSecret();
    }
    return jdbc.sql("SELECT secret FROM oauth_client WHERE id = :id AND secret IS NOT NULL")
        .param("id", client.id())
        .query((row, n) -> new SealedSecret(row.getBytes("secret")))
        .optional()
        .map(secret -> secrets.open(client.id(), FIELD, secret))
        .orElse(null);
  }

  private byte @Nullable [] sealed(UUID id, @Nullable String secret) {
    return secret == null || secret.isEmpty() ? null : secrets.seal(id, FIELD, secret).bytes();
  }

  /** Checks a draft, and returns the client id. */
  private String check(OrganizationId organization, OAuthClientDraft draft, boolean hasSecret) {
    OAuthProvider provider =
        providers
            .find(draft.provider())
            .orElseThrow(
                () ->
                    new OAuthClientInvalid(
                        "provider", "must be one of " + names() + ": see byo.oauth.providers"));
    if (organization.isOperator() && !draft.kind().isPersonal()) {
      throw new OAuthClientInvalid(
          "organization",
          "is required for "
              + draft.kind().word()
              + ": such a client opens mailboxes without consent, so it cannot be shared");
    }
    if (!draft.kind().isPersonal() && provider.applicationScopes().isEmpty()) {
      throw new OAuthClientInvalid(
          "kind",
          draft.kind().word()
              + " needs application-scopes in byo.oauth.providers."
              + draft.provider());
    }
    String tenant = draft.tenant();
    if (tenant != null && !OAuthProviders.isTenant(tenant)) {
      throw new OAuthClientInvalid("tenant", "must be a tenant id or domain");
    }
    if (draft.kind() == GrantType.CLIENT_CREDENTIALS
        && !OAuthProviders.isOneTenant(draft.provider(), tenant)) {
      throw new OAuthClientInvalid(
          "tenant", "must be the tenant's id or domain for client_credentials, not common");
    }
    return clientId(draft, hasSecret);
  }

  private String clientId(OAuthClientDraft draft, boolean hasSecret) {
    String secret = draft.secret();
    boolean given = secret != null && !secret.isEmpty();
    if (!given && !hasSecret && !draft.kind().isPersonal()) {
      throw new OAuthClientInvalid("secret", "is required for " + draft.kind().word());
    }
    if (given && secret.length() > MAX_SECRET) {
      throw new OAuthClientInvalid("secret", "is longer than " + MAX_SECRET + " characters");
    }
    String clientId = draft.clientId();
    if (draft.kind() == GrantType.SERVICE_ACCOUNT) {
      if (given) {
        return ServiceAccountKey.parse(secret).email();
      }
    } else if (given && secret.chars().anyMatch(Character::isISOControl)) {
      throw new OAuthClientInvalid("secret", "must not have control characters");
    }
    if (clientId == null
        || clientId.isBlank()
        || clientId.length() > MAX_ID
        || clientId.chars().anyMatch(Character::isISOControl)) {
      throw new OAuthClientInvalid("clientId", "is required, on one line");
    }
    return clientId.strip();
  }

  private String names() {
    return Arrays.toString(providers.all().stream().map(OAuthProvider::name).toArray());
  }

  /** Clients whose secret expires within that time, or has expired. */
  List<OAuthClient> expiring(Instant before) {
    return list(null).stream()
        .filter(client -> client.hasSecret() && client.secretExpiresAt() != null)
        .filter(client -> client.secretExpiresAt().isBefore(before))
        .toList();
  }

  private static OAuthClient read(ResultSet row, int number) throws SQLException {
    return new OAuthClient(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        row.getString("provider"),
        row.getString("client_id"),
        row.getString("tenant"),
        row.getBytes("secret") != null,
        SqlTimestamps.read(row, "secret_expires_at"),
        GrantType.of(row.getString("kind")));
  }
}
