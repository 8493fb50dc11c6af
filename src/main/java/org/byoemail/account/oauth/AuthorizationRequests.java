package org.byoemail.account.oauth;

import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.Tokens;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.stereotype.Component;

/**
 * Sign-ins at providers: authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636). What
 * the callback needs is in the database, since it may reach another node; state, cookie and nonce
 * as hashes, the verifier sealed. Each sign-in is valid once, for ten minutes. Safe for use by many
 * threads and nodes.
 */
@Component
public class AuthorizationRequests {
  /** How long a sign-in may take. */
  public static final Duration VALID = Duration.ofMinutes(AuthorizationRows.VALID_MINUTES);

  private static final Logger log = LoggerFactory.getLogger(AuthorizationRequests.class);
  private static final String COOKIE = "byo-oauth-";
  private static final String COOKIE_PATH = "/connect";
  private static final int COOKIE_NAME_DIGITS = 16;
  private static final int TOKEN_BYTES = 32;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final String VERIFIER = "oauth-verifier";

  private final AuthorizationRows rows;
  private final OAuthProviders providers;
  private final OAuthClients clients;
  private final TokenRequests tokens;
  private final IdTokens idTokens;
  private final Secrets secrets;
  private final PublicUrl publicUrl;

  AuthorizationRequests(
      AuthorizationRows rows,
      OAuthProviders providers,
      OAuthClients clients,
      TokenRequests tokens,
      IdTokens idTokens,
      Secrets secrets,
      PublicUrl publicUrl) {
    this.rows = rows;
    this.providers = providers;
    this.clients = clients;
    this.tokens = tokens;
    this.idTokens = idTokens;
    this.secrets = secrets;
    this.publicUrl = publicUrl;
  }

  /**
   * Begins a sign-in; valid once, for ten minutes, in the browser that gets the cookie. May ask the
   * provider for its metadata.
   *
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   * @throws OAuthFailed if the provider is no longer configured, or its discovery fails
   */
  public BegunAuthorization begin(AuthorizationSubject subject, OAuthClient client) {
    OAuthProvider provider = providers.of(client);
    String redirectUri = publicUrl.oauthCallback(provider.name(), client.organization());
    String state = token();
    String browser = token();
    String nonce = token();
    OAuth2AuthorizationRequest.Builder builder =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri(provider.authorizationUri())
            .clientId(client.clientId())
            .redirectUri(redirectUri)
            .scopes(new LinkedHashSet<>(provider.scopes()))
            .state(state)
            .additionalParameters(
                parameters -> {
                  parameters.putAll(provider.authorizationParameters());
                  parameters.put(OidcParameterNames.NONCE, nonce);
                  parameters.put(
                      "login_hint", subject.user() == null ? subject.mailbox() : subject.user());
                });
    OAuth2AuthorizationRequestCustomizers.withPkce().accept(builder);
    OAuth2AuthorizationRequest request = builder.build();
    String verifier = request.getAttribute(PkceParameterNames.CODE_VERIFIER);
    AuthorizationRequest begun = request(subject, client);
    rows.insert(
        begun,
        Tokens.sha256(state),
        new AuthorizationRows.Keys(
            Tokens.sha256(browser),
            Tokens.sha256(nonce),
            secrets.seal(begun.id(), VERIFIER, verifier).bytes()));
    return new BegunAuthorization(
        request.getAuthorizationRequestUri(), cookie(state, browser, VALID));
  }

  /**
   * Prepares a sign-in for a browser that is not here yet; valid once, for ten minutes.
   *
   * @return the token that {@link #beginPending} takes
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   */
  public String prepare(AuthorizationSubject subject, OAuthClient client) {
    publicUrl.oauthCallback(client.provider(), client.organization());
    String token = token();
    rows.insert(request(subject, client), Tokens.sha256(token), AuthorizationRows.Keys.NONE);
    return token;
  }

  /** What was prepared under that token, which stays valid. */
  public Optional<AuthorizationRequest> pending(String token) {
    return TOKEN.matcher(token).matches() ? rows.pending(Tokens.sha256(token)) : Optional.empty();
  }

  /**
   * Begins what was prepared, in the browser that asks.
   *
   * @throws UnknownAuthorization if the token is unknown, was used, or has expired
   */
  public BegunAuthorization beginPending(String token) {
    AuthorizationRequest prepared =
        (TOKEN.matcher(token).matches()
                ? rows.takePending(Tokens.sha256(token))
                : Optional.<AuthorizationRequest>empty())
            .orElseThrow(UnknownAuthorization::new);
    return begin(prepared.subject(), client(prepared).orElseThrow(UnknownAuthorization::new));
  }

  /**
   * Completes a sign-in: checks state, browser and issuer, exchanges the code, and verifies the ID
   * token. Waits for the provider; not to be called in a transaction.
   *
   * @param cookies gives the value of the browser's cookie of a name; null if it has none
   * @throws UnknownAuthorization if no sign-in belongs to the answer; nothing was used up
   */
  public AuthorizationResult complete(
      AuthorizationResponse response, UnaryOperator<@Nullable String> cookies) {
    String state = response.state();
    if (state == null || !TOKEN.matcher(state).matches()) {
      throw new UnknownAuthorization();
    }
    String browser = cookies.apply(cookieName(state));
    if (browser == null || !TOKEN.matcher(browser).matches()) {
      throw new UnknownAuthorization();
    }
    AuthorizationRows.Row row =
        rows.take(
                Tokens.sha256(state),
                Tokens.sha256(browser),
                response.provider(),
                response.organization())
            .orElseThrow(UnknownAuthorization::new);
    AuthorizationResult result = complete(row, response);
    if (result instanceof AuthorizationResult.Refused refused) {
      log.info(
          "sign-in {} at {} refused: {}",
          row.request().id(),
          row.request().provider(),
          refused.refusal().reason());
    }
    return result;
  }

  private AuthorizationResult complete(AuthorizationRows.Row row, AuthorizationResponse response) {
    AuthorizationRequest request = row.request();
    OAuthClient client = client(request).orElse(null);
    if (client == null) {
      return refused(request, Refusals.clientChanged());
    }
    try {
      OAuthProvider provider = providers.of(client);
      if (!Issuers.isOfResponse(provider, response.issuer())) {
        return refused(request, Refusals.wrongIssuer(provider));
      }
      if (response.error() != null) {
        return refused(request, Refusals.of(provider, client, publicUrl, response));
      }
      String code = response.boundedCode();
      if (code == null) {
        return refused(request, Refusals.withoutCode(provider));
      }
      String verifier = secrets.open(request.id(), VERIFIER, new SealedSecret(row.verifier()));
      TokenSet issued =
          tokens.exchange(
              provider,
              client,
              code,
              verifier,
              publicUrl.oauthCallback(provider.name(), client.organization()));
      return new AuthorizationResult.Granted(
          request, issued.withClaims(idTokens.verify(provider, client, issued, row.nonce())));
    } catch (OAuthFailed e) {
      return refused(request, Refusals.failed(e));
    } catch (IdTokens.Invalid e) {
      return refused(request, Refusals.wrongIdToken(e));
    }
  }

  /** Removes the browser's cookie of a sign-in; empty if the answer has no state. */
  public Optional<ResponseCookie> removedCookie(AuthorizationResponse response) {
    String state = response.state();
    return state == null || !TOKEN.matcher(state).matches()
        ? Optional.empty()
        : Optional.of(cookie(state, "", Duration.ZERO));
  }

  /**
   * Records the outcome of a sign-in, for pages that show it later.
   *
   * @param json without secrets
   */
  public void record(AuthorizationRequest request, String json) {
    rows.setResult(request.id(), json);
  }

  /** The outcome of a subject's last sign-in, within a week. */
  public Optional<AuthorizationOutcome> latest(UUID subject) {
    return rows.latest(subject);
  }

  private static AuthorizationRequest request(AuthorizationSubject subject, OAuthClient client) {
    return new AuthorizationRequest(
        Ids.next(), subject, client.provider(), client.id(), client.organization());
  }

  // The client that was asked for must still be the one in use.
  private Optional<OAuthClient> client(AuthorizationRequest request) {
    return clients
        .of(request.subject().organization(), request.provider())
        .filter(client -> client.id().equals(request.client()));
  }

  private static AuthorizationResult refused(
      AuthorizationRequest request, AuthorizationRefusal refusal) {
    return new AuthorizationResult.Refused(request, refusal);
  }

  private ResponseCookie cookie(String state, String value, Duration kept) {
    URI path = URI.create(publicUrl.of(COOKIE_PATH).orElseThrow());
    return ResponseCookie.from(cookieName(state), value)
        .path(path.getRawPath())
        .maxAge(kept)
        .httpOnly(true)
        .secure(path.getScheme().equals("https"))
        .sameSite("Lax")
        .build();
  }

  // One for each sign-in, so that two tabs do not disturb each other.
  private static String cookieName(String state) {
    return COOKIE + HexFormat.of().formatHex(Tokens.sha256(state)).substring(0, COOKIE_NAME_DIGITS);
  }

  private static String token() {
    return Tokens.base64Url(TOKEN_BYTES);
  }
}
