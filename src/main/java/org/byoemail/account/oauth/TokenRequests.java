package org.byoemail.account.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.account.connection.HostRefused;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.format.mail.StoredText;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.AbstractOAuth2AuthorizationGrantRequest;
import org.springframework.security.oauth2.client.endpoint.AbstractRestClientOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.JwtBearerGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientJwtBearerTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Requests to token endpoints, by Spring Security's token response clients. Answers are bounded in
 * bytes and time, redirects are not followed, and hosts are vetted. Blocks the calling thread for
 * seconds; not to be called in a transaction. Safe for use by many threads.
 */
@Component
public class TokenRequests {
  private static final int MAX_TOKEN = 16_384;
  private static final int MAX_WORDS = 300;
  private static final Duration ASSERTION_LIFETIME = Duration.ofMinutes(10);
  // RFC 6749 section 5.1: the provider may leave the lifetime out. Spring makes that one second.
  private static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(5);
  private static final Duration MAX_LIFETIME = Duration.ofDays(365);
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\s]+");

  private final OAuthClients clients;
  private final Clock clock;
  private final RestClientAuthorizationCodeTokenResponseClient codes =
      new RestClientAuthorizationCodeTokenResponseClient();
  private final RestClientRefreshTokenTokenResponseClient refreshes =
      new RestClientRefreshTokenTokenResponseClient();
  private final RestClientClientCredentialsTokenResponseClient applications =
      new RestClientClientCredentialsTokenResponseClient();
  private final RestClientJwtBearerTokenResponseClient assertions =
      new RestClientJwtBearerTokenResponseClient();

  TokenRequests(VettedHttp http, OAuthSettings settings, OAuthClients clients, Clock clock) {
    this.clients = clients;
    this.clock = clock;
    RestClient rest =
        RestClient.builder()
            .requestFactory(new TokenHttp(http, settings.requestTimeout()))
            .messageConverters(
                converters -> {
                  converters.clear();
                  converters.add(new FormHttpMessageConverter());
                  converters.add(new OAuth2AccessTokenResponseHttpMessageConverter());
                })
            .defaultStatusHandler(new TokenErrors())
            .build();
    Stream.of(codes, refreshes, applications, assertions)
        .forEach(client -> client.setRestClient(rest));
    // The assertion says who the client is (RFC 7523 section 3.1).
    assertions.setParametersCustomizer(
        parameters -> parameters.remove(OAuth2ParameterNames.CLIENT_ID));
  }

  /**
   * Exchanges an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
   *
   * @param verifier the PKCE code verifier
   * @throws OAuthFailed if the provider refuses or does not answer
   */
  public TokenSet exchange(
      OAuthProvider provider,
      OAuthClient client,
      String code,
      String verifier,
      String redirectUri) {
    OAuth2AuthorizationRequest request =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri(provider.authorizationUri())
            .clientId(client.clientId())
            .redirectUri(redirectUri)
            .scopes(Set.copyOf(provider.scopes()))
            .attributes(attributes -> attributes.put(PkceParameterNames.CODE_VERIFIER, verifier))
            .build();
    OAuth2AuthorizationResponse response =
        OAuth2AuthorizationResponse.success(code).redirectUri(redirectUri).build();
    return request(
        provider,
        codes,
        new OAuth2AuthorizationCodeGrantRequest(
            registration(provider, client, redirectUri),
            new OAuth2AuthorizationExchange(request, response)),
        code);
  }

  /**
   * Refreshes (RFC 6749 section 6).
   *
   * @return its refresh token may be null: the earlier one stays valid
   * @throws OAuthFailed if the provider refuses or does not answer
   */
  TokenSet refresh(OAuthProvider provider, OAuthClient client, String refreshToken) {
    Instant now = clock.instant();
    return request(
        provider,
        refreshes,
        new OAuth2RefreshTokenGrantRequest(
            registration(provider, client, provider.tokenUri()),
            new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER, "expired", now.minusSeconds(1), now),
            new OAuth2RefreshToken(refreshToken, null)),
        refreshToken);
  }

  /**
   * Asks for a token for the application itself (RFC 6749 section 4.4), or for a service account on
   * behalf of a mailbox (RFC 7523 section 2.1).
   *
   * @throws OAuthFailed if the provider refuses or does not answer
   */
  public TokenSet application(OAuthProvider provider, OAuthClient client, String mailbox) {
    if (client.kind() == GrantType.CLIENT_CREDENTIALS) {
      return request(
          provider,
          applications,
          new OAuth2ClientCredentialsGrantRequest(registration(provider, client, "")),
          "");
    }
    Jwt assertion = assertion(provider, client, mailbox);
    return request(
        provider,
        assertions,
        new JwtBearerGrantRequest(registration(provider, client, ""), assertion),
        assertion.getTokenValue());
  }

  private Jwt assertion(OAuthProvider provider, OAuthClient client, String mailbox) {
    String file = clients.secret(client);
    if (file == null) {
      throw new OAuthFailed(
          provider.name(), "invalid_client", "the service account has no key", null);
    }
    ServiceAccountKey key = ServiceAccountKey.parse(file);
    Instant now = clock.instant();
    Instant end = now.plus(ASSERTION_LIFETIME);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(key.email())
            .subject(mailbox)
            .audience(provider.tokenUri())
            .claim("scope", String.join(" ", provider.applicationScopes()))
            .issueTime(Date.from(now))
            .expirationTime(Date.from(end))
            .build();
    SignedJWT signed =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.key().getKeyID()).build(), claims);
    try {
      signed.sign(new RSASSASigner(key.key()));
    } catch (JOSEException e) {
      throw new OAuthFailed(
          provider.name(), "invalid_client", "the key of the service account cannot sign", null);
    }
    return Jwt.withTokenValue(signed.serialize())
        .header("alg", JWSAlgorithm.RS256.getName())
        .subject(mailbox)
        .issuedAt(now)
        .expiresAt(end)
        .build();
  }

  private ClientRegistration registration(
      OAuthProvider provider, OAuthClient client, String redirectUri) {
    AuthorizationGrantType type =
        switch (client.kind()) {
          case AUTHORIZATION_CODE -> AuthorizationGrantType.AUTHORIZATION_CODE;
          case CLIENT_CREDENTIALS -> AuthorizationGrantType.CLIENT_CREDENTIALS;
          case SERVICE_ACCOUNT -> AuthorizationGrantType.JWT_BEARER;
        };
    String secret = client.kind() == GrantType.SERVICE_ACCOUNT ? null : clients.secret(client);
    ClientAuthenticationMethod method =
        provider.clientAuthentication() == OAuthProvider.ClientAuthentication.BASIC
            ? ClientAuthenticationMethod.CLIENT_SECRET_BASIC
            : ClientAuthenticationMethod.CLIENT_SECRET_POST;
    return ClientRegistration.withRegistrationId(provider.name())
        .authorizationGrantType(type)
        .clientId(client.clientId())
        .clientSecret(secret == null ? "" : secret)
        .clientAuthenticationMethod(secret == null ? ClientAuthenticationMethod.NONE : method)
        .authorizationUri(provider.authorizationUri())
        .tokenUri(provider.tokenUri())
        .redirectUri(redirectUri)
        .scope(client.kind().isPersonal() ? provider.scopes() : provider.applicationScopes())
        .build();
  }

  private <T extends AbstractOAuth2AuthorizationGrantRequest> TokenSet request(
      OAuthProvider provider,
      AbstractRestClientOAuth2AccessTokenResponseClient<T> client,
      T request,
      String sent) {
    try {
      return tokens(provider, client.getTokenResponse(request));
    } catch (TokenErrors.Refused e) {
      String secret = request.getClientRegistration().getClientSecret();
      throw new OAuthFailed(
          provider.name(),
          e.code(),
          provider.displayName()
              + " answered "
              + e.code()
              + described(e.description(), List.of(sent, secret == null ? "" : secret)),
          null);
    } catch (OAuth2AuthorizationException | HostRefused | IllegalArgumentException e) {
      // The causes may quote the answer, so only errors of the network are shown.
      throw new OAuthFailed(
          provider.name(),
          OAuthFailed.UNAVAILABLE,
          "the token endpoint of " + provider.displayName() + " failed: " + network(e),
          null);
    }
  }

  private TokenSet tokens(OAuthProvider provider, OAuth2AccessTokenResponse answer) {
    String access = answer.getAccessToken().getTokenValue();
    String refresh =
        answer.getRefreshToken() == null ? null : answer.getRefreshToken().getTokenValue();
    if (!isToken(access) || refresh != null && !isToken(refresh)) {
      throw new OAuthFailed(
          provider.name(),
          OAuthFailed.UNAVAILABLE,
          provider.displayName() + " issued a token that is too long or not printable",
          null);
    }
    Map<String, Object> more = answer.getAdditionalParameters();
    return new TokenSet(
        access,
        refresh,
        clock.instant().plus(lifetime(answer.getAccessToken())),
        List.copyOf(answer.getAccessToken().getScopes()),
        null,
        more.get("id_token") instanceof String idToken ? idToken : null);
  }

  private static Duration lifetime(OAuth2AccessToken token) {
    Instant from = token.getIssuedAt();
    Instant to = token.getExpiresAt();
    Duration lifetime = from == null || to == null ? Duration.ZERO : Duration.between(from, to);
    if (lifetime.toSeconds() <= 1) {
      return UNKNOWN_LIFETIME;
    }
    return lifetime.compareTo(MAX_LIFETIME) > 0 ? MAX_LIFETIME : lifetime;
  }

  /** Whether it is a bearer token (RFC 6750 section 2.1), which cannot break a line of SASL. */
  private static boolean isToken(String token) {
    return !token.isEmpty()
        && token.length() <= MAX_TOKEN
        && token.chars().allMatch(c -> c > ' ' && c < 127);
  }

  private static String described(@Nullable String description, List<String> secrets) {
    if (description == null || description.isBlank()) {
      return "";
    }
    String shown = UNPRINTABLE.matcher(description).replaceAll(" ").strip();
    for (String secret : secrets) {
      shown = secret.isEmpty() ? shown : shown.replace(secret, "[hidden]");
    }
    return ": " + StoredText.of(shown, MAX_WORDS);
  }

  private static String network(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof HostRefused
          || cause instanceof IOException
              && !(cause instanceof com.fasterxml.jackson.core.JsonProcessingException)) {
        return String.valueOf(cause.getMessage());
      }
    }
    return "its answer is not a token response (RFC 6749 section 5.1)";
  }
}
