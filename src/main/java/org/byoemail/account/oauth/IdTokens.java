package org.byoemail.account.oauth;

import java.security.MessageDigest;
import java.time.Clock;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.account.oauth.TokenSet.IdTokenClaims;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.core.oidc.IdTokenClaimNames;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestTemplate;

/**
 * Verifies ID tokens (OpenID Connect Core 1.0 section 3.1.3.7): signature by the provider's keys,
 * issuer, audience, times and nonce. The keys are fetched each time; sign-ins are rare.
 * Thread-safe.
 */
@Component
class IdTokens {
  private static final int MAX_TOKEN = 32 * 1024;
  private static final int MAX_CLAIM = 320;

  private final RestTemplate http;
  private final Clock clock;

  IdTokens(VettedHttp http, OAuthSettings settings, Clock clock) {
    this.http = new RestTemplate(new TokenHttp(http, settings.requestTimeout()));
    this.clock = clock;
  }

  /** An ID token is invalid; the message says why, and contains nothing of the token. */
  static final class Invalid extends RuntimeException {
    private static final long serialVersionUID = 1;

    Invalid(String what) {
      super(what);
    }
  }

  /**
   * The claims of the ID token; null if the provider has no keys to verify one, so that the person
   * is unknown.
   *
   * @param nonce the SHA-256 of the nonce in the request
   * @throws Invalid if the token is missing or invalid
   * @throws OAuthFailed if the provider's keys cannot be fetched
   */
  @Nullable IdTokenClaims verify(
      OAuthProvider provider, OAuthClient client, TokenSet tokens, byte[] nonce) {
    String keys = provider.jwkSetUri();
    String token = tokens.idToken();
    if (keys == null) {
      return null;
    }
    if (token == null || token.length() > MAX_TOKEN) {
      throw new Invalid("it is missing or too long");
    }
    Jwt jwt = decoded(provider, keys, token);
    String tenant = text(jwt, "tid");
    if (!Issuers.isOf(provider, text(jwt, IdTokenClaimNames.ISS), tenant)
        || validator(provider, client).validate(jwt).hasErrors()) {
      throw new Invalid("its issuer, audience or times are wrong");
    }
    String given = jwt.getClaimAsString(IdTokenClaimNames.NONCE);
    if (given == null || !MessageDigest.isEqual(Tokens.sha256(given), nonce)) {
      throw new Invalid("its nonce does not belong to this sign-in");
    }
    return new IdTokenClaims(
        text(jwt, IdTokenClaimNames.ISS),
        text(jwt, IdTokenClaimNames.SUB),
        tenant,
        text(jwt, "oid"),
        text(jwt, "email"),
        text(jwt, "upn") == null ? text(jwt, "preferred_username") : text(jwt, "upn"),
        given);
  }

  private Jwt decoded(OAuthProvider provider, String keys, String token) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSetUri(keys)
            .restOperations(http)
            .jwsAlgorithms(
                algorithms -> {
                  algorithms.add(SignatureAlgorithm.RS256);
                  algorithms.add(SignatureAlgorithm.PS256);
                  algorithms.add(SignatureAlgorithm.ES256);
                })
            .build();
    // Times are checked with the rest, by this application's clock.
    decoder.setJwtValidator(jwt -> OAuth2TokenValidatorResult.success());
    try {
      return decoder.decode(token);
    } catch (BadJwtException e) {
      throw new Invalid("its signature or form is wrong");
    } catch (JwtException e) {
      throw new OAuthFailed(
          provider.name(),
          OAuthFailed.UNAVAILABLE,
          "the keys of " + provider.displayName() + " cannot be fetched",
          e);
    }
  }

  private OidcIdTokenValidator validator(OAuthProvider provider, OAuthClient client) {
    OidcIdTokenValidator validator =
        new OidcIdTokenValidator(
            ClientRegistration.withRegistrationId(provider.name())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .clientId(client.clientId())
                .authorizationUri(provider.authorizationUri())
                .tokenUri(provider.tokenUri())
                .redirectUri("{baseUrl}")
                .build());
    validator.setClock(clock);
    return validator;
  }

  private static @Nullable String text(Jwt jwt, String claim) {
    String text = jwt.getClaims().get(claim) == null ? null : jwt.getClaimAsString(claim);
    return text == null
            || text.length() > MAX_CLAIM
            || text.chars().anyMatch(Character::isISOControl)
        ? null
        : text;
  }
}
