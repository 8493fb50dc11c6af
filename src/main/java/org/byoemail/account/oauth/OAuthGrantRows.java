package org.byoemail.account.oauth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The rows of {@code oauth_grant}, one for each account. Tokens are sealed, bound to account and
 * field. Each statement goes by the clock of the database.
 */
@Repository
class OAuthGrantRows {
  static final String REFRESH = "oauth-refresh";
  static final String ACCESS = "oauth-access";

  private final JdbcClient jdbc;
  private final Secrets secrets;

  OAuthGrantRows(JdbcClient jdbc, Secrets secrets) {
    this.jdbc = jdbc;
    this.secrets = secrets;
  }

  /**
   * The tokens to sign in with, by the clock of the database.
   *
   * @param generation grows with each token and each consent
   * @param access null: none, or it has expired
   * @param isDue whether the next token is to be fetched
   * @param isHeldOff whether the provider failed a short while ago
   */
  record Current(
      long generation,
      @Nullable SealedSecret access,
      @Nullable SealedSecret refresh,
      boolean isAuthorized,
      boolean isDue,
      boolean isHeldOff,
      @Nullable String reason) {

    @Override
    public String toString() {
      return "Current[" + generation + "]";
    }
  }

  /** What a token endpoint issued, and how long it lasts. */
  record Issued(
      String access, @Nullable String refresh, List<String> scopes, Duration life, Duration due) {
    @Override
    public String toString() {
      return "Issued[" + life + "]";
    }
  }

  Optional<OAuthGrant> find(AccountId account) {
    return jdbc.sql(
            """
            SELECT g.*, a.needs_reauthorization_at FROM oauth_grant g
            JOIN agent_email_account a ON a.id = g.account_id WHERE g.account_id = :account
            """)
        .param("account", account.value())
        .query(OAuthGrantRows::read)
        .optional();
  }

  /** The grants of these accounts. */
  List<OAuthGrant> find(List<AccountId> accounts) {
    return jdbc.sql(
            """
            SELECT g.*, a.needs_reauthorization_at FROM oauth_grant g
            JOIN agent_email_account a ON a.id = g.account_id WHERE g.account_id = ANY (:accounts)
            """)
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(OAuthGrantRows::read)
        .list();
  }

  /**
   * Begins a grant without tokens, unless there is one by the same client for the same mailbox and
   * user.
   *
   * @return whether there was none
   */
  boolean assign(
      AccountId account, OAuthClient client, String mailbox, @Nullable String consentingUser) {
    return jdbc.sql(
                """
                INSERT INTO oauth_grant AS g (account_id, provider, client_id, kind, mailbox, consenting_user,
                  authorized_at, created_at, updated_at)
                VALUES (:account, :provider, :client, :kind, :mailbox, :user,
                  CASE WHEN :personal THEN NULL ELSE statement_timestamp() END,
                  statement_timestamp(), statement_timestamp())
                ON CONFLICT (account_id) DO UPDATE SET provider = excluded.provider,
                  client_id = excluded.client_id, kind = excluded.kind, mailbox = excluded.mailbox,
                  consenting_user = excluded.consenting_user, issuer = NULL, subject = NULL, tenant = NULL,
                  object_id = NULL, scopes = NULL, refresh_token = NULL, access_token = NULL,
                  access_generation = g.access_generation + 1, refresh_at = NULL, expires_at = NULL,
                  authorized_at = excluded.authorized_at, error = NULL, reason = NULL, failures = 0,
                  retry_at = NULL, claim_token = NULL, claimed_until = NULL,
                  updated_at = statement_timestamp()
                WHERE (g.provider, g.client_id, g.kind, g.mailbox, g.consenting_user)
                  IS DISTINCT FROM (excluded.provider, excluded.client_id, excluded.kind, excluded.mailbox,
                    excluded.consenting_user)
                """)
            .param("account", account.value())
            .param("provider", client.provider())
            .param("client", OAuthClients.isOfSettings(client) ? null : client.id())
            .param("kind", client.kind().word())
            .param("personal", client.kind().isPersonal())
            .param("mailbox", mailbox)
            .param("user", consentingUser)
            .update()
        == 1;
  }

  /** Ends the grant of an account. */
  boolean remove(AccountId account) {
    return jdbc.sql("DELETE FROM oauth_grant WHERE account_id = :account")
            .param("account", account.value())
            .update()
        == 1;
  }

  /** A person consented: whatever is being fetched by the earlier grant is not stored any more. */
  void consented(AccountId account, Issued issued, TokenSet.@Nullable IdTokenClaims claims) {
    jdbc.sql(
            """
            UPDATE oauth_grant SET issuer = :issuer, subject = :subject, tenant = :tenant,
              object_id = :objectId, scopes = :scopes, refresh_token = :refresh, access_token = :access,
              access_generation = access_generation + 1,
              refresh_at = statement_timestamp() + :due * interval '1 second',
              expires_at = statement_timestamp() + :life * interval '1 second',
              authorized_at = statement_timestamp(), error = NULL, reason = NULL, failures = 0,
              retry_at = NULL, claim_token = NULL, claimed_until = NULL,
              updated_at = statement_timestamp()
            WHERE account_id = :account
            """)
        .param("account", account.value())
        .param("issuer", claims == null ? null : claims.issuer())
        .param("subject", claims == null ? null : claims.subject())
        .param("tenant", claims == null ? null : claims.tenant())
        .param("objectId", claims == null ? null : claims.objectId())
        .param("scopes", String.join(" ", issued.scopes()))
        .param("refresh", sealed(account, REFRESH, issued.refresh()))
        .param("access", sealed(account, ACCESS, issued.access()))
        .param("due", issued.due().toSeconds())
        .param("life", issued.life().toSeconds())
        .update();
  }

  Optional<Current> current(AccountId account) {
    return jdbc.sql(
            """
            SELECT access_generation, refresh_token, reason, authorized_at IS NOT NULL AS authorized,
              CASE WHEN expires_at > statement_timestamp() THEN access_token END AS access_token,
              coalesce(refresh_at <= statement_timestamp(), true) AS due,
              coalesce(retry_at > statement_timestamp(), false) AS held_off
            FROM oauth_grant WHERE account_id = :account
            """)
        .param("account", account.value())
        .query(
            (row, n) ->
                new Current(
                    row.getLong("access_generation"),
                    secret(row.getBytes("access_token")),
                    secret(row.getBytes("refresh_token")),
                    row.getBoolean("authorized"),
                    row.getBoolean("due"),
                    row.getBoolean("held_off"),
                    row.getString("reason")))
        .optional();
  }

  String openAccess(AccountId account, SealedSecret token) {
    return secrets.open(account.value(), ACCESS, token);
  }

  String openRefresh(AccountId account, SealedSecret token) {
    return secrets.open(account.value(), REFRESH, token);
  }

  /** The server refused the token of that generation: the next one is due. */
  void refused(AccountId account, long generation) {
    jdbc.sql(
            """
            UPDATE oauth_grant SET refresh_at = statement_timestamp(), expires_at = statement_timestamp()
            WHERE account_id = :account AND access_generation = :generation
            """)
        .param("account", account.value())
        .param("generation", generation)
        .update();
  }

  /** Claims the fetching of the next token; empty: another one has it. */
  Optional<UUID> claim(AccountId account, long generation, Duration ttl) {
    UUID token = UUID.randomUUID();
    int claimed =
        jdbc.sql(
                """
                UPDATE oauth_grant SET claim_token = :token,
                  claimed_until = statement_timestamp() + :ttl * interval '1 millisecond'
                WHERE account_id = :account AND access_generation = :generation
                  AND (claim_token IS NULL OR claimed_until <= statement_timestamp())
                """)
            .param("account", account.value())
            .param("generation", generation)
            .param("token", token)
            .param("ttl", ttl.toMillis())
            .update();
    return claimed == 1 ? Optional.of(token) : Optional.empty();
  }

  /**
   * Stores the next token, unless a newer one is stored. Also where the claim expired meanwhile:
   * the refresh token that came with it may be the only one that is still good.
   *
   * @return whether it was stored
   */
  boolean refreshed(AccountId account, long generation, Issued issued) {
    return jdbc.sql(
                """
                UPDATE oauth_grant SET access_token = :access,
                  refresh_token = coalesce(:refresh, refresh_token),
                  access_generation = access_generation + 1,
                  refresh_at = statement_timestamp() + :due * interval '1 second',
                  expires_at = statement_timestamp() + :life * interval '1 second',
                  error = NULL, reason = NULL, failures = 0, retry_at = NULL, claim_token = NULL,
                  claimed_until = NULL, updated_at = statement_timestamp()
                WHERE account_id = :account AND access_generation = :generation
                """)
            .param("account", account.value())
            .param("generation", generation)
            .param("access", sealed(account, ACCESS, issued.access()))
            .param("refresh", sealed(account, REFRESH, issued.refresh()))
            .param("due", issued.due().toSeconds())
            .param("life", issued.life().toSeconds())
            .update()
        == 1;
  }

  /**
   * The provider failed or refused: releases the claim and backs off.
   *
   * @return whether the claim was still held
   */
  boolean failed(AccountId account, UUID claim, OAuthFailed failure, Duration wait) {
    return jdbc.sql(
                """
                UPDATE oauth_grant SET error = :error, reason = :reason, failures = failures + 1,
                  retry_at = statement_timestamp() + :wait * interval '1 millisecond', claim_token = NULL,
                  claimed_until = NULL, updated_at = statement_timestamp()
                WHERE account_id = :account AND claim_token = :claim
                """)
            .param("account", account.value())
            .param("claim", claim)
            .param("error", failure.error())
            .param("reason", failure.getMessage())
            .param("wait", wait.toMillis())
            .update()
        == 1;
  }

  /** How often the provider failed in a row. */
  int failures(AccountId account) {
    return jdbc.sql("SELECT failures FROM oauth_grant WHERE account_id = :account")
        .param("account", account.value())
        .query(Integer.class)
        .optional()
        .orElse(0);
  }

  /** The refusals of providers that no new consent can fix, at most 50. */
  List<String> refusedClients() {
    return jdbc.sql(
            """
            SELECT g.provider, g.kind, g.error, count(*) AS accounts FROM oauth_grant g
            WHERE g.error IS NOT NULL AND g.error NOT IN ('unavailable', 'temporarily_unavailable', 'server_error')
              AND (g.kind <> 'authorization_code' OR g.error NOT IN
                ('invalid_grant', 'interaction_required', 'consent_required', 'login_required'))
            GROUP BY g.client_id, g.provider, g.kind, g.error ORDER BY accounts DESC LIMIT 50
            """)
        .query(
            (row, n) ->
                row.getString("provider")
                    + " answers "
                    + row.getString("error")
                    + " for "
                    + row.getString("kind")
                    + ", accounts: "
                    + row.getLong("accounts"))
        .list();
  }

  /** A person asked to try again. */
  void retryNow(AccountId account) {
    jdbc.sql("UPDATE oauth_grant SET retry_at = NULL, failures = 0 WHERE account_id = :account")
        .param("account", account.value())
        .update();
  }

  private byte @Nullable [] sealed(AccountId account, String field, @Nullable String token) {
    return token == null ? null : secrets.seal(account.value(), field, token).bytes();
  }

  private static @Nullable SealedSecret secret(byte @Nullable [] bytes) {
    return bytes == null ? null : new SealedSecret(bytes);
  }

  private static OAuthGrant read(ResultSet row, int number) throws SQLException {
    String scopes = row.getString("scopes");
    return new OAuthGrant(
        new AccountId(row.getObject("account_id", UUID.class)),
        row.getString("provider"),
        row.getObject("client_id", UUID.class),
        GrantType.of(row.getString("kind")),
        row.getString("mailbox"),
        row.getString("consenting_user"),
        row.getString("issuer"),
        row.getString("subject"),
        row.getString("tenant"),
        row.getString("object_id"),
        scopes == null || scopes.isEmpty() ? List.of() : Arrays.asList(scopes.split(" ")),
        SqlTimestamps.read(row, "authorized_at"),
        SqlTimestamps.read(row, "expires_at"),
        SqlTimestamps.read(row, "needs_reauthorization_at"),
        row.getString("error"),
        row.getString("reason"));
  }
}
