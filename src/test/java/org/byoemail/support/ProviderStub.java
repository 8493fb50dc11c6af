package org.byoemail.support;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * An OpenID provider that says what a test wants: consent page, token endpoint and keys over HTTP.
 * It checks the code verifier and the redirect URI, as real ones do. Its access tokens are those of
 * the {@link TokenServer}, so that they open mailboxes of the Dovecot of the tests.
 */
public final class ProviderStub implements AutoCloseable {
  private static final RSAKey KEY = key("one");
  private static final RSAKey OTHER_KEY = key("one");

  private static @Nullable ProviderStub shared;

  private final HttpServer server;
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private final Set<String> secrets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger tokenRequests = new AtomicInteger();
  private volatile Map<String, @Nullable Object> claims = Map.of();
  private volatile boolean signsWithOtherKey;
  private volatile boolean withoutIdToken;
  private volatile boolean withoutKeys;

  /** Starts it on a free port. */
  public ProviderStub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/authorize", this::authorize);
    server.createContext("/token", this::token);
    server.createContext("/jwks", this::jwks);
    server.createContext("/favicon.ico", exchange -> answer(exchange, 200, "image/x-icon", " "));
    server.start();
  }

  /** The one of this JVM that gateways know, as the provider stub. */
  public static synchronized ProviderStub shared() {
    if (shared == null) {
      shared = new ProviderStub();
    }
    return shared;
  }

  /** The provider stub of a gateway, for mail servers at localhost. */
  public Map<String, String> settings() {
    String at = "byo.oauth.providers.stub.";
    return Map.of(
        at + "display-name",
        "The Stub",
        at + "issuer",
        url(),
        at + "authorization-uri",
        url() + "/authorize",
        at + "token-uri",
        url() + "/token",
        at + "jwk-set-uri",
        url() + "/jwks",
        at + "scopes",
        "openid,mail",
        at + "client-id",
        "gateway",
        at + "mail-hosts",
        "localhost");
  }

  /** Its address, without a path. */
  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** How often its token endpoint was asked. */
  public int tokenRequests() {
    return tokenRequests.get();
  }

  /** Claims of the next ID tokens, beside or instead of the usual ones; null leaves one out. */
  public void claims(Map<String, @Nullable Object> changed) {
    claims = changed;
  }

  /** Signs the next ID tokens with a key that it does not publish. */
  public void signWithOtherKey() {
    signsWithOtherKey = true;
  }

  /** Issues no ID tokens from now on. */
  public void leaveOutIdToken() {
    withoutIdToken = true;
  }

  /** Publishes no keys from now on. */
  public void hideKeys() {
    withoutKeys = true;
  }

  /** Every code that it has issued, and every verifier that came with one. */
  public Set<String> secrets() {
    return Set.copyOf(secrets);
  }

  /** A person consents to that authorization request; the code. */
  public String consent(String authorizationUrl) {
    String code = UUID.randomUUID().toString();
    secrets.add(code);
    codes.put(code, parameters(URI.create(authorizationUrl).getRawQuery()));
    return code;
  }

  /** The consent page: the user that it names consents by its button. */
  private void authorize(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    Map<String, String> request = parameters(query);
    String answer = request.get("redirect_uri") + "?state=" + request.get("state");
    String decision = request.get("decision");
    if ("deny".equals(decision)) {
      redirect(exchange, answer + "&error=access_denied");
    } else if ("allow".equals(decision)) {
      redirect(exchange, answer + "&code=" + consent("?" + query));
    } else {
      String hidden =
          request.entrySet().stream()
              .filter(field -> !field.getKey().equals("login_hint"))
              .map(
                  field ->
                      "<input type=hidden name='%s' value='%s'>"
                          .formatted(field.getKey(), HtmlUtils.htmlEscape(field.getValue())))
              .collect(Collectors.joining());
      answer(
          exchange,
          200,
          "text/html",
          "<h1>The Stub asks</h1><form action=/authorize>%s<input name=login_hint value='%s'>"
                  .formatted(hidden, HtmlUtils.htmlEscape(request.get("login_hint")))
              + "<button name=decision value=allow>Allow</button>"
              + "<button name=decision value=deny>Deny</button></form>");
    }
  }

  private static void redirect(HttpExchange exchange, String url) throws IOException {
    exchange.getResponseHeaders().set("Location", url);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void token(HttpExchange exchange) throws IOException {
    tokenRequests.incrementAndGet();
    Map<String, String> form =
        parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
    if ("refresh_token".equals(form.get("grant_type"))) {
      Optional<TokenServer.Consent> next =
          TokenServer.shared().refreshed(form.getOrDefault("refresh_token", ""));
      answer(
          exchange,
          next.isPresent() ? 200 : 400,
          next.map(consent -> tokens(consent, "")).orElse("{\"error\":\"invalid_grant\"}"));
      return;
    }
    Map<String, String> request = codes.remove(form.getOrDefault("code", ""));
    if (form.containsKey("code_verifier")) {
      secrets.add(form.get("code_verifier"));
    }
    if (request == null
        || !request.get("redirect_uri").equals(form.get("redirect_uri"))
        || !request.get("code_challenge").equals(s256(form.get("code_verifier")))) {
      answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
      return;
    }
    String idToken = withoutIdToken ? "" : ",\"id_token\":\"" + idToken(request) + "\"";
    TokenServer.Consent consent = TokenServer.shared().consent(request.get("login_hint"));
    answer(exchange, 200, tokens(consent, idToken));
  }

  private static String tokens(TokenServer.Consent consent, String idToken) {
    return "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"%s\",\"refresh_token\":\"%s\"%s}"
        .formatted(consent.access(), consent.refresh(), idToken);
  }

  private String idToken(Map<String, String> request) {
    Map<String, @Nullable Object> all = new HashMap<>();
    all.put("iss", url());
    all.put("sub", "subject of " + request.get("login_hint"));
    all.put("aud", request.get("client_id"));
    all.put("email", request.get("login_hint"));
    all.put("nonce", request.get("nonce"));
    all.put("iat", Date.from(Instant.now()));
    all.put("exp", Date.from(Instant.now().plusSeconds(300)));
    all.putAll(claims);
    JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder();
    all.forEach(builder::claim);
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(KEY.getKeyID()).build(),
              builder.build());
      jwt.sign(new RSASSASigner(signsWithOtherKey ? OTHER_KEY : KEY));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private void jwks(HttpExchange exchange) throws IOException {
    if (withoutKeys) {
      answer(exchange, 503, "{}");
    } else {
      answer(exchange, 200, new JWKSet(KEY.toPublicJWK()).toString());
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    answer(exchange, status, "application/json", json);
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** The parameters of a query or a form. */
  public static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    UriComponentsBuilder.newInstance()
        .query(query)
        .build()
        .getQueryParams()
        .toSingleValueMap()
        .forEach(
            (name, value) ->
                parameters.put(
                    name,
                    java.net.URLDecoder.decode(
                        value == null ? "" : value, StandardCharsets.UTF_8)));
    return parameters;
  }

  private static String s256(@Nullable String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(String.valueOf(verifier).getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RSAKey key(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
