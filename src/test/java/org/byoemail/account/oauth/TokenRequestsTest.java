package org.byoemail.account.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.byoemail.account.connection.Connections;
import org.byoemail.account.oauth.OAuthSettings.Provider;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.WebServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is asked of an authorization server, found by its issuer, and which answers are believed.
 */
class TokenRequestsTest {
  private static final MockOAuth2Server SERVER = new MockOAuth2Server();
  private static final WebServer WEB =
      new WebServer(CertificateAuthority.shared().issue("localhost"));
  private static Connections connections;

  private final OAuthClients clients = mock(OAuthClients.class);

  @BeforeAll
  static void start() {
    SERVER.start();
    connections =
        new Connections(
            Clock.systemUTC(), Duration.ofSeconds(2), CertificateAuthority.shared().certificate());
  }

  @AfterAll
  static void stop() {
    SERVER.shutdown();
    connections.close();
    WEB.close();
  }

  private static OAuthProvider provider(String issuer) {
    OAuthSettings settings = OAuthFixtures.settings(Map.of());
    OAuthProviders providers =
        new OAuthProviders(
            OAuthFixtures.settings(Map.of("own", OAuthFixtures.provider(issuer, null))),
            new IssuerDiscovery(connections.http(), settings, Clock.systemUTC()));
    return providers.of(client(GrantType.AUTHORIZATION_CODE));
  }

  private static String issuer() {
    return SERVER.issuerUrl("own").toString();
  }

  private static OAuthClient client(GrantType kind) {
    return new OAuthClient(
        UUID.randomUUID(), new OrganizationId("acme"), "own", "gateway", null, true, null, kind);
  }

  private TokenRequests requests() {
    return new TokenRequests(
        connections.http(), OAuthFixtures.settings(Map.of()), clients, Clock.systemUTC());
  }

  private static Map<String, String> asked() {
    try {
      while (true) {
        var request = SERVER.takeRequest();
        if ("POST".equals(request.getMethod())) {
          return Stream.of(request.getBody().readUtf8().split("&"))
              .map(pair -> pair.split("=", 2))
              .collect(Collectors.toMap(p -> p[0], p -> decoded(p.length > 1 ? p[1] : "")));
        }
      }
    } catch (RuntimeException e) {
      throw new AssertionError("the token endpoint was not asked", e);
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Test
  void issuerSaysWhereTheEndpointsAre() {
    OAuthProvider found = provider(issuer());

    assertThat(found.tokenUri()).startsWith(issuer()).endsWith("/token");
    assertThat(found.authorizationUri()).endsWith("/authorize");
  }

  @Test
  void applicationAsksInItsOwnName() {
    when(clients.secret(any())).thenReturn("a secret");

    TokenSet tokens =
        requests()
            .application(
                provider(issuer()), client(GrantType.CLIENT_CREDENTIALS), "team@example.test");

    assertThat(tokens.accessToken()).isNotEmpty();
    assertThat(asked())
        .containsEntry("grant_type", "client_credentials")
        .containsEntry("scope", "mail.all")
        .containsEntry("client_secret", "a secret");
  }

  @Test
  void serviceAccountSignsForItsMailbox() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    when(clients.secret(any())).thenReturn(keyFile(keys));

    TokenSet tokens =
        requests()
            .application(provider(issuer()), client(GrantType.SERVICE_ACCOUNT), "ada@example.test");
    Map<String, String> form = asked();
    SignedJWT assertion = SignedJWT.parse(form.get("assertion"));
    JWTClaimsSet claims = assertion.getJWTClaimsSet();

    assertThat(tokens.accessToken()).isNotEmpty();
    assertThat(form)
        .containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .doesNotContainKey("client_id");
    assertThat(claims.getIssuer()).isEqualTo("robot@project.example.test");
    assertThat(claims.getSubject()).isEqualTo("ada@example.test");
    assertThat(claims.getStringClaim("scope")).isEqualTo("mail.all");
    assertThat(claims.getAudience().get(0)).endsWith("/token");
    assertThat(
            assertion.verify(
                new com.nimbusds.jose.crypto.RSASSAVerifier(
                    (java.security.interfaces.RSAPublicKey) keys.getPublic())))
        .isTrue();
  }

  private static String keyFile(KeyPair keys) throws Exception {
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    return new ObjectMapper()
        .writeValueAsString(
            Map.of(
                "type", "service_account",
                "client_email", "robot@project.example.test",
                "private_key_id", "key-1",
                "private_key", pem));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "[1]", "{\"type\":\"authorized_user\",\"client_email\":\"a@b\"}"})
  void fileThatIsNoKeyIsRefusedWithoutQuotingIt(String file) {
    assertThatThrownBy(() -> ServiceAccountKey.parse(file))
        .isInstanceOf(OAuthClientInvalid.class)
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"issuer\":\"https://evil.example.test\",\"token_endpoint\":\"https://a.test/t\"}",
        "{\"issuer\":\"ISSUER\",\"authorization_endpoint\":\"https://a.test/a\",\"token_endpoint\":\"http://a.test/t\"}",
        "{\"issuer\":\"ISSUER\",\"token_endpoint\":\"https://a.test/t\"}",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "DEEP",
        "HUGE",
        "REDIRECT"
      })
  void documentThatIsNotTheIssuersOwnIsRefused(String document) {
    String path = "/" + UUID.randomUUID();
    String issuer = "https://localhost:" + WEB.httpsPort() + path;
    String place = "localhost" + path + "/.well-known/openid-configuration";
    switch (document) {
      case "DEEP" -> WEB.page(place, "[".repeat(10_000));
      case "HUGE" -> WEB.page(place, " ".repeat(300 << 10) + "{}");
      case "REDIRECT" -> WEB.redirect(place, "http://169.254.169.254/latest/meta-data");
      default -> WEB.page(place, document.replace("ISSUER", issuer));
    }

    OAuthFailed failed = catchThrowableOfType(OAuthFailed.class, () -> provider(issuer));

    assertThat(failed.isTransient()).isTrue();
    assertThat(failed).hasMessageContaining(issuer);
    assertThat(failed.getMessage().length()).isLessThan(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"access_token\":\"two words\",\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"line\\r\\nbreak\",\"token_type\":\"Bearer\"}",
        "{\"token_type\":\"Bearer\"}",
        "not json, but the-token-of-somebody",
        "{\"access_token\":\"LONG\",\"token_type\":\"Bearer\"}"
      })
  void answerThatIsNoTokenIsRefusedWithoutQuotingIt(String answer) {
    when(clients.secret(any())).thenReturn("a secret");
    String path = "/" + UUID.randomUUID();
    String text = answer.replace("LONG", "x".repeat(20_000));
    WEB.page(
        "localhost" + path,
        exchange -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
        });

    OAuthFailed failed = failure("https://localhost:" + WEB.httpsPort() + path);

    assertThat(failed.isTransient()).isTrue();
    assertThat(failed).hasNoCause();
    assertThat(failed.getMessage()).doesNotContain("the-token-of-somebody").doesNotContain("words");
  }

  @Test
  void wordsOfTheProviderAreShownWithoutWhatWasSent() {
    when(clients.secret(any())).thenReturn("a secret");
    String path = "/" + UUID.randomUUID();
    WEB.page(
        "localhost" + path,
        exchange -> {
          byte[] bytes =
              "{\"error\":\"invalid_client\",\"error_description\":\"wrong: a secret\\nline\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(401, bytes.length);
          exchange.getResponseBody().write(bytes);
        });

    OAuthFailed failed = failure("https://localhost:" + WEB.httpsPort() + path);

    assertThat(failed.error()).isEqualTo("invalid_client");
    assertThat(failed).hasMessageEndingWith("invalid_client: wrong: [hidden] line");
  }

  private OAuthFailed failure(String tokenUri) {
    Provider entry = OAuthFixtures.provider(null, tokenUri);
    Function<String, OAuthProvider> named =
        name -> OAuthFixtures.providers(Map.of(name, entry)).find(name).orElseThrow();
    return catchThrowableOfType(
        OAuthFailed.class,
        () ->
            requests().application(named.apply("own"), client(GrantType.CLIENT_CREDENTIALS), "a"));
  }
}
