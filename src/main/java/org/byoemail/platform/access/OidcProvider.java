package org.byoemail.platform.access;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.converter.ClaimTypeConverter;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * The OpenID provider of the settings. Its configuration is discovered at the first login, so that
 * startup does not depend on it. Thread-safe.
 */
@Component
class OidcProvider {
  /** The path of the redirect URI that is registered with the provider. */
  static final String CALLBACK = "/login/oidc/callback";

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(10);

  /** How long an unreachable provider is not asked again. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** How long a request waits while another one asks the provider. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final String CONFIGURATION = "/.well-known/openid-configuration";
  private static final ParameterizedTypeReference<Map<String, Object>> JSON_OBJECT =
      new ParameterizedTypeReference<>() {};

  private final OidcSettings settings;
  private final PublicUrl url;
  private final Clock clock;
  private final OidcAuthorizationCodeAuthenticationProvider logins;
  private final RestTemplate documents;
  private final ReentrantLock discovering = new ReentrantLock();
  private volatile @Nullable Client known;
  private Instant askAgainAt = Instant.MIN;

  @Autowired
  OidcProvider(OidcSettings settings, PublicUrl url, Clock clock) {
    this(settings, url, clock, ProviderRequests.factory(CONNECT, READ));
  }

  OidcProvider(
      OidcSettings settings, PublicUrl url, Clock clock, ClientHttpRequestFactory requests) {
    this.settings = settings;
    this.url = url;
    this.clock = clock;
    ProviderRequests bounds = new ProviderRequests();
    RestClientAuthorizationCodeTokenResponseClient tokens =
        new RestClientAuthorizationCodeTokenResponseClient();
    tokens.setRestClient(
        RestClient.builder()
            .requestFactory(requests)
            .requestInterceptor(bounds)
            .messageConverters(
                converters -> {
                  converters.clear();
                  converters.add(new FormHttpMessageConverter());
                  converters.add(new OAuth2AccessTokenResponseHttpMessageConverter());
                })
            .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
            .build());
    this.logins =
        new OidcAuthorizationCodeAuthenticationProvider(
            tokens, request -> new DefaultOidcUser(List.of(), request.getIdToken()));
    this.documents = new RestTemplate(requests);
    documents.getInterceptors().add(bounds);
    logins.setJwtDecoderFactory(registration -> client().decoder());
  }

  /** The decoder keeps the provider's keys for some minutes. */
  private record Client(ClientRegistration registration, JwtDecoder decoder) {
    @Override
    public String toString() {
      return "Client[id=" + registration.getClientId() + "]";
    }
  }

  private static JwtDecoder decoder(ClientRegistration registration, RestTemplate keys) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSetUri(registration.getProviderDetails().getJwkSetUri())
            .restOperations(keys)
            .jwsAlgorithm(SignatureAlgorithm.RS256)
            .jwsAlgorithm(SignatureAlgorithm.ES256)
            .build();
    decoder.setClaimSetConverter(
        new ClaimTypeConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverters()));
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(), new OidcIdTokenValidator(registration)));
    return decoder;
  }

  boolean isOn() {
    return settings.isOn();
  }

  OidcSettings settings() {
    return settings;
  }

  /**
   * The client that is registered with the provider.
   *
   * @throws RuntimeException if the provider does not answer, or {@link PublicUrlMissing}
   */
  ClientRegistration registration() {
    return client().registration();
  }

  private Client client() {
    Client present = known;
    return present == null ? discoverAlone() : present;
  }

  /**
   * One thread at a time: requests for a login do not block all threads while the provider is slow.
   */
  private Client discoverAlone() {
    String callback = url.required(CALLBACK);
    try {
      if (!discovering.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("the provider has not answered yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    try {
      Client present = known;
      if (present == null) {
        if (clock.instant().isBefore(askAgainAt)) {
          throw new IllegalStateException("the provider did not answer a moment ago");
        }
        askAgainAt = clock.instant().plus(PAUSE);
        ClientRegistration registration = discover(callback);
        present = new Client(registration, decoder(registration, documents));
        known = present;
      }
      return present;
    } finally {
      discovering.unlock();
    }
  }

  /** OpenID Connect Discovery 1.0 section 4. */
  private ClientRegistration discover(String callback) {
    String issuer = settings.issuer();
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    Map<String, Object> configuration =
        documents
            .exchange(
                URI.create(base + CONFIGURATION), HttpMethod.GET, HttpEntity.EMPTY, JSON_OBJECT)
            .getBody();
    if (configuration == null || !issuer.equals(configuration.get("issuer"))) {
      throw new IllegalStateException("the configuration at the issuer names another issuer");
    }
    return ClientRegistrations.fromOidcConfiguration(configuration)
        .registrationId("console")
        .clientId(settings.clientId())
        .clientSecret(settings.clientSecret())
        .scope(settings.scopes())
        .redirectUri(callback)
        .build();
  }

  /**
   * Exchanges a code and verifies the ID token.
   *
   * @throws org.springframework.security.core.AuthenticationException if the provider refuses the
   *     code, or the token is not valid
   */
  OidcUser user(OAuth2AuthorizationExchange exchange) {
    return (OidcUser)
        logins
            .authenticate(new OAuth2LoginAuthenticationToken(registration(), exchange))
            .getPrincipal();
  }
}
