package org.byoemail.operations.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.oauth.AuthorizationOutcome;
import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRefusal;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.AuthorizationRequests;
import org.byoemail.account.oauth.AuthorizationSubject;
import org.byoemail.account.oauth.BegunAuthorization;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.springframework.stereotype.Service;

/**
 * Connects accounts by OAuth 2.0: begins the sign-in, and stores the grant once its token has
 * opened the mailbox. Safe for use by many threads and nodes.
 */
@Service
public class OAuthSetup {
  private final Accounts accounts;
  private final OAuthClients clients;
  private final OAuthGrants grants;
  private final AuthorizationRequests requests;
  private final GrantProof proof;
  private final SignInAudit audit;
  private final ObjectMapper json;

  OAuthSetup(
      Accounts accounts,
      OAuthClients clients,
      OAuthGrants grants,
      AuthorizationRequests requests,
      GrantProof proof,
      SignInAudit audit,
      ObjectMapper json) {
    this.audit = audit;
    this.accounts = accounts;
    this.clients = clients;
    this.grants = grants;
    this.requests = requests;
    this.proof = proof;
    this.json = json;
  }

  /**
   * A completed sign-in.
   *
   * @param id of the sign-in
   */
  public record SignIn(UUID id, Instant at, OAuthResult result) {}

  /**
   * Begins a sign-in for an account in the browser of a console user.
   *
   * @throws SetupConflict if no person signs in for the account, or there is no OAuth client
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   * @throws org.byoemail.account.oauth.OAuthFailed if the provider's discovery fails
   */
  public BegunAuthorization begin(Account account) {
    OAuthGrant grant = grant(account);
    BegunAuthorization begun =
        requests.begin(
            subject(account, grant, AuthorizationPurpose.CONSOLE), client(account, grant));
    audit.begun(account, grant);
    return begun;
  }

  /**
   * Prepares a sign-in for a browser that a platform sends.
   *
   * @return the token of the page where it begins; valid once, for ten minutes
   * @throws SetupConflict as {@link #begin}
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   */
  public String prepare(Account account) {
    OAuthGrant grant = grant(account);
    String token =
        requests.prepare(
            subject(account, grant, AuthorizationPurpose.PLATFORM), client(account, grant));
    audit.begun(account, grant);
    return token;
  }

  /**
   * Proves a grant by the mailbox: both sides sign in to it with the new token. Only then is it
   * stored, and the sides count as tested; otherwise nothing changes. Takes as long as two tests.
   */
  public OAuthResult prove(AuthorizationRequest request, TokenSet tokens, TestListener listener) {
    Account account = accounts.find(new AccountId(request.subject().id())).orElse(null);
    OAuthGrant grant = account == null ? null : grants.find(account.id()).orElse(null);
    OAuthClient client =
        grant == null
            ? null
            : clients.of(account.organization(), grant.provider(), grant.kind()).orElse(null);
    OAuthResult result =
        account == null
                || grant == null
                || client == null
                || !client.id().equals(request.client())
                || !grant.mailbox().equals(request.subject().mailbox())
            ? OAuthResult.refused("The account was changed meanwhile. Sign in again.")
            : proof.prove(account, grant, client, tokens, listener);
    record(request, result);
    return result;
  }

  /** Records that a sign-in brought no token. */
  public OAuthResult refused(AuthorizationRequest request, AuthorizationRefusal refusal) {
    OAuthResult result =
        new OAuthResult(
            false,
            refusal.reason() == AuthorizationRefusal.Reason.ADMINISTRATOR_NEEDED,
            refusal.message(),
            refusal.link(),
            List.of());
    record(request, result);
    return result;
  }

  /** The last sign-in of an account that has ended, within a week. */
  public Optional<SignIn> lastSignIn(AccountId account) {
    return requests.latest(account.value()).map(this::read);
  }

  private SignIn read(AuthorizationOutcome outcome) {
    try {
      return new SignIn(
          outcome.id(), outcome.at(), json.readValue(outcome.json(), OAuthResult.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the outcome of a sign-in cannot be read", e);
    }
  }

  private void record(AuthorizationRequest request, OAuthResult result) {
    try {
      requests.record(request, json.writeValueAsString(result));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the outcome of a sign-in cannot be written", e);
    }
  }

  private OAuthGrant grant(Account account) {
    OAuthGrant grant =
        grants
            .find(account.id())
            .orElseThrow(
                () ->
                    new SetupConflict(
                        "the account does not sign in by OAuth 2.0: set auth to oauth2 first"));
    if (grant.kind() != GrantType.AUTHORIZATION_CODE) {
      throw new SetupConflict(
          "no person signs in for an account with kind "
              + grant.kind().word()
              + ": test both sides instead");
    }
    return grant;
  }

  private OAuthClient client(Account account, OAuthGrant grant) {
    return clients
        .of(account.organization(), grant.provider(), grant.kind())
        .orElseThrow(
            () ->
                new SetupConflict(
                    "there is no OAuth client for "
                        + grant.provider()
                        + ": create one (POST /api/v1/oauth-clients), or set"
                        + " byo.oauth.providers."
                        + grant.provider()
                        + ".client-id"));
  }

  private static AuthorizationSubject subject(
      Account account, OAuthGrant grant, AuthorizationPurpose purpose) {
    return new AuthorizationSubject(
        purpose,
        account.id().value(),
        account.organization(),
        grant.mailbox(),
        grant.consentingUser());
  }
}
