package org.byoemail.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.platform.access.QuickPasswords;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationConsentService;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsentService;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Spring Authorization Server on loopback, in a context of its own: it asks for the consent,
 * requires PKCE, issues another refresh token with each refresh, and names itself in its
 * authorization responses (RFC 9207). Its users are those of the mail servers; Dovecot has their
 * tokens introspected here. Safe for use by several threads.
 */
public final class RealAuthorizationServer {
  /** The password of every user, on its page. */
  public static final String PASSWORD = "the-password-at-the-provider";

  /** A client that opens mailboxes without anybody's consent. */
  public static final String ROBOT = "mail-robot";

  /** The secret of that client. */
  public static final String ROBOT_SECRET = secret(ROBOT);

  private static final String GATEWAY = "gateway";
  private static final String MAIL_SERVER = "mail-server";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static @Nullable RealAuthorizationServer shared;

  private final HttpClient http = HttpClient.newHttpClient();
  private final AnnotationConfigServletWebServerApplicationContext context;

  private RealAuthorizationServer(String redirectUri) {
    context = new AnnotationConfigServletWebServerApplicationContext();
    context.registerBean(
        RegisteredClientRepository.class, () -> RealAuthorizationServer.clients(redirectUri));
    context.register(Parts.class);
    context.refresh();
    TokenServer.shared().introspectAlso(this::owner);
  }

  /**
   * The one server of this JVM, started at the first call.
   *
   * @param redirectUri of the gateway that signs in here
   */
  public static synchronized RealAuthorizationServer shared(String redirectUri) {
    if (shared == null) {
      shared = new RealAuthorizationServer(redirectUri);
    }
    return shared;
  }

  /** The provider spring of a gateway, for mail servers at localhost; all else is discovered. */
  public Map<String, String> settings() {
    String at = "byo.oauth.providers.spring.";
    return Map.of(
        at + "display-name", "Spring",
        at + "issuer", url(),
        at + "scopes", "openid,mail",
        at + "application-scopes", "mail.all",
        at + "client-id", GATEWAY,
        at + "client-secret", secret(GATEWAY),
        at + "mail-hosts", "localhost");
  }

  /** Its issuer, and the beginning of its endpoints. */
  public String url() {
    return "http://localhost:" + context.getWebServer().getPort();
  }

  /** The refresh token that a user's grant has now. */
  public String refreshToken(String user) {
    return Objects.requireNonNull(authorization(user).getRefreshToken()).getToken().getTokenValue();
  }

  /** The access token of a user ends (RFC 7009); the grant stays. */
  public void revokeAccess(String user) {
    revoke(authorization(user).getAccessToken().getToken().getTokenValue(), "access_token");
  }

  /** The grant of a user ends, with all of its tokens, and is consented to again next time. */
  public void revoke(String user) {
    revoke(refreshToken(user), "refresh_token");
    OAuth2AuthorizationConsentService consents =
        context.getBean(OAuth2AuthorizationConsentService.class);
    consents.remove(Objects.requireNonNull(consents.findById(GATEWAY, user), user));
  }

  private OAuth2Authorization authorization(String user) {
    return context.getBean(Authorizations.class).latest(user);
  }

  private void revoke(String token, String hint) {
    post("/oauth2/revoke", GATEWAY, "token=" + encode(token) + "&token_type_hint=" + hint);
  }

  /** Whom a token belongs to (RFC 7662); empty if it is not valid. */
  private Optional<String> owner(String token) {
    try {
      JsonNode answer =
          JSON.readTree(post("/oauth2/introspect", MAIL_SERVER, "token=" + encode(token)));
      return answer.path("active").asBoolean()
          ? Optional.of(answer.path("sub").asText())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String post(String path, String client, String form) {
    String login =
        Base64.getEncoder()
            .encodeToString((client + ":" + secret(client)).getBytes(StandardCharsets.US_ASCII));
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url() + path))
                  .timeout(Duration.ofSeconds(10))
                  .header("Authorization", "Basic " + login)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(answer + " " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static RegisteredClientRepository clients(String redirectUri) {
    return new InMemoryRegisteredClientRepository(
        client(GATEWAY)
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
            .redirectUri(redirectUri)
            .scope("openid")
            .scope("mail")
            .clientSettings(
                ClientSettings.builder()
                    .requireProofKey(true)
                    .requireAuthorizationConsent(true)
                    .build())
            .tokenSettings(TokenSettings.builder().reuseRefreshTokens(false).build())
            .build(),
        client(ROBOT)
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .scope("mail.all")
            .build(),
        // Introspects only.
        client(MAIL_SERVER)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .build());
  }

  private static String secret(String client) {
    return "the-secret-of-" + client + "-in-the-tests";
  }

  private static RegisteredClient.Builder client(String id) {
    return RegisteredClient.withId(id)
        .clientId(id)
        .clientSecret(QuickPasswords.ENCODER.encode(secret(id)))
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
  }

  /** The latest authorization of each user, besides what the server itself needs. */
  private static final class Authorizations implements OAuth2AuthorizationService {
    private final InMemoryOAuth2AuthorizationService all = new InMemoryOAuth2AuthorizationService();
    private final Map<String, OAuth2Authorization> latest = new ConcurrentHashMap<>();

    OAuth2Authorization latest(String user) {
      return Objects.requireNonNull(latest.get(user), user);
    }

    @Override
    public void save(OAuth2Authorization authorization) {
      all.save(authorization);
      latest.put(authorization.getPrincipalName(), authorization);
    }

    @Override
    public void remove(OAuth2Authorization authorization) {
      all.remove(authorization);
    }

    @Override
    public @Nullable OAuth2Authorization findById(String id) {
      return all.findById(id);
    }

    @Override
    public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
      return all.findByToken(token, type);
    }
  }

  /** The beans of the server. */
  @TestConfiguration(proxyBeanMethods = false)
  @EnableWebSecurity
  static class Parts {
    @Bean
    TomcatServletWebServerFactory webServer() {
      TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);
      tomcat.setAddress(InetAddress.getLoopbackAddress());
      // Without any servlet, Tomcat calls no filter.
      tomcat.setRegisterDefaultServlet(true);
      return tomcat;
    }

    @Bean
    DelegatingFilterProxyRegistrationBean security() {
      return new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
    }

    @Bean
    SecurityFilterChain endpoints(HttpSecurity http) throws Exception {
      return http.with(
              OAuth2AuthorizationServerConfigurer.authorizationServer(),
              server ->
                  server
                      .authorizationEndpoint(
                          endpoint -> endpoint.authorizationResponseHandler(Parts::sendBack))
                      .oidc(
                          oidc ->
                              oidc.providerConfigurationEndpoint(
                                  endpoint ->
                                      endpoint.providerConfigurationCustomizer(
                                          document ->
                                              document.claim(
                                                  "authorization_response_iss_parameter_supported",
                                                  true)))))
          .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .formLogin(Customizer.withDefaults())
          .build();
    }

    /** As the server's own, with {@code iss} (RFC 9207), which that does not send. */
    private static void sendBack(
        HttpServletRequest request, HttpServletResponse response, Authentication authentication)
        throws IOException {
      OAuth2AuthorizationCodeRequestAuthenticationToken granted =
          (OAuth2AuthorizationCodeRequestAuthenticationToken) authentication;
      String issuer = "http://localhost:" + request.getLocalPort();
      response.sendRedirect(
          UriComponentsBuilder.fromUriString(String.valueOf(granted.getRedirectUri()))
              .queryParam(
                  "code", Objects.requireNonNull(granted.getAuthorizationCode()).getTokenValue())
              .queryParam("state", UriUtils.encode(granted.getState(), StandardCharsets.UTF_8))
              .queryParam("iss", UriUtils.encode(issuer, StandardCharsets.UTF_8))
              .build(true)
              .toUriString());
    }

    @Bean
    Authorizations authorizations() {
      return new Authorizations();
    }

    @Bean
    OAuth2AuthorizationConsentService consents() {
      return new InMemoryOAuth2AuthorizationConsentService();
    }

    @Bean
    PasswordEncoder passwords() {
      return QuickPasswords.ENCODER;
    }

    @Bean
    UserDetailsService users() {
      return name ->
          User.withUsername(name)
              .password(QuickPasswords.ENCODER.encode(PASSWORD))
              .roles("USER")
              .build();
    }

    @Bean
    JWKSource<SecurityContext> keys() throws JOSEException {
      return new ImmutableJWKSet<>(new JWKSet(new RSAKeyGenerator(2048).keyID("key-1").generate()));
    }

    @Bean
    JwtDecoder decoder(JWKSource<SecurityContext> keys) {
      return OAuth2AuthorizationServerConfiguration.jwtDecoder(keys);
    }

    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> claims() {
      return token -> token.getClaims().claim("email", token.getPrincipal().getName());
    }

    @Bean
    AuthorizationServerSettings settings() {
      return AuthorizationServerSettings.builder().build();
    }
  }
}
