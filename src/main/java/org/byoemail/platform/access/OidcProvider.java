package org.byoemail.platform.access;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
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

  private final OidcSettings settings;
  private final PublicUrl url;
  private final OidcAuthorizationCodeAuthenticationProvider logins;
  private final RestTemplate keys;
  private volatile @Nullable Client known;

  OidcProvider(OidcSettings settings, PublicUrl url) {
    this.settings = settings;
    this.url = url;
    SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(CONNECT);
    requests.setReadTimeout(READ);
    RestClientAuthorizationCodeTokenResponseClient tokens =
        new RestClientAuthorizationCodeTokenResponseClient();
    tokens.setRestClient(
        RestClient.builder()
            .requestFactory(requests)
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
    this.keys = new RestTemplate(requests);
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
    if (present == null) {
      ClientRegistration registration =
          ClientRegistrations.fromIssuerLocation(settings.issuer())
              .registrationId("console")
              .clientId(settings.clientId())
              .clientSecret(settings.clientSecret())
              .scope(settings.scopes())
              .redirectUri(url.required(CALLBACK))
              .build();
      present = new Client(registration, decoder(registration, keys));
      known = present;
    }
    return present;
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
