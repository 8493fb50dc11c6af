package org.byoemail.support;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A token endpoint (RFC 6749) that rotates its refresh tokens, with introspection (RFC 7662), which
 * Dovecot asks. Consents are given and revoked by the test. Safe for use by several threads.
 */
public final class TokenServer {
  /** What its client authenticates with. */
  public static final String CLIENT_SECRET = "the-client-secret-of-the-tests";

  private static final int PORT = FreePorts.next();
  private static @Nullable TokenServer shared;

  private final Map<String, String> accessTokens = new ConcurrentHashMap<>();
  private final Set<String> issued = ConcurrentHashMap.newKeySet();
  private final Map<String, String> refreshTokens = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();
  private final Map<String, String> mailboxes = new ConcurrentHashMap<>();
  private final Map<String, RSAPublicKey> serviceAccounts = new ConcurrentHashMap<>();
  private final List<Function<String, Optional<String>>> others = new CopyOnWriteArrayList<>();
  private volatile int lifetime = 3600;
  private volatile Runnable before = () -> {};

  /** How it fails. */
  private record Failure(int status, String body) {}

  /** What a person's consent brings. */
  public record Consent(String access, String refresh) {}

  private TokenServer() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 1000);
      server.createContext("/token", this::token);
      server.createContext("/introspect", this::introspect);
      server.setExecutor(
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "token-server");
                thread.setDaemon(true);
                return thread;
              }));
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one server of this JVM, started at the first call. */
  public static synchronized TokenServer shared() {
    if (shared == null) {
      shared = new TokenServer();
    }
    return shared;
  }

  /** Its port, which is known before it is started. */
  public static int port() {
    return PORT;
  }

  /** The provider test of a gateway: this server, for mail servers at localhost. */
  public Map<String, String> settings() {
    String at = "byo.oauth.providers.test.";
    return Map.of(
        at + "authorization-uri", "http://localhost:" + PORT + "/authorize",
        at + "token-uri", "http://localhost:" + PORT + "/token",
        at + "scopes", "mail",
        at + "application-scopes", "mail.all",
        at + "client-id", "gateway",
        at + "client-secret", CLIENT_SECRET,
        at + "mail-hosts", "localhost");
  }

  /** A person consents. */
  public Consent consent(String user) {
    Consent consent = new Consent("access-" + UUID.randomUUID(), "refresh-" + UUID.randomUUID());
    issued.add(consent.access());
    issued.add(consent.refresh());
    accessTokens.put(consent.access(), user);
    refreshTokens.put(consent.refresh(), user);
    return consent;
  }

  /**
   * The tokens of a user open another mailbox: a shared one that is delegated to the user, or one
   * that an application may open, whose user is {@code client_credentials}.
   */
  public void delegate(String user, String mailbox) {
    mailboxes.put(user, mailbox);
  }

  /**
   * Dovecot's questions about tokens of another server are passed on.
   *
   * @param owner whom a token belongs to; empty if that server does not know it
   */
  void introspectAlso(Function<String, Optional<String>> owner) {
    others.add(owner);
  }

  /** A service account with delegation over the whole domain (RFC 7523): it acts for any user. */
  public void serviceAccount(String email, RSAPublicKey key) {
    serviceAccounts.put(email, key);
  }

  /** All tokens of a user end, as after a change of the password. */
  public void revoke(String user) {
    accessTokens.values().removeIf(user::equals);
    refreshTokens.values().removeIf(user::equals);
  }

  /** The access tokens of a user end; refresh tokens stay. */
  public void revokeAccess(String user) {
    accessTokens.values().removeIf(user::equals);
  }

  /** Requests for tokens of that user fail like this. */
  public void fail(String user, int status, String body) {
    failures.put(user, new Failure(status, body));
  }

  /** They succeed again. */
  public void work(String user) {
    failures.remove(user);
  }

  /** How long issued access tokens last, in seconds. */
  public void lifetime(int seconds) {
    lifetime = seconds;
  }

  /** Runs ahead of each answer of the token endpoint. */
  public void before(Runnable action) {
    before = action;
  }

  /** Every token that it has issued. */
  public Set<String> issued() {
    return Set.copyOf(issued);
  }

  /** Another provider refreshes a consent given here; empty if it was revoked. */
  Optional<Consent> refreshed(String refresh) {
    return Optional.ofNullable(refreshTokens.remove(refresh)).map(this::consent);
  }

  /** How often the token endpoint was asked on behalf of that user. */
  public int requests(String user) {
    AtomicInteger count = requests.get(user);
    return count == null ? 0 : count.get();
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> form = form(exchange);
    String refresh = form.getOrDefault("refresh_token", "");
    String assertion = form.get("assertion");
    String user =
        form.get("grant_type").equals("refresh_token")
            ? refreshTokens.getOrDefault(refresh, "nobody")
            : assertion == null ? form.get("grant_type") : subject(assertion);
    requests.computeIfAbsent(user, name -> new AtomicInteger()).incrementAndGet();
    before.run();
    Failure failure = failures.get(user);
    if (failure != null) {
      answer(exchange, failure.status(), failure.body());
    } else if (assertion != null && user.isEmpty()) {
      answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
    } else if (assertion == null && !CLIENT_SECRET.equals(form.get("client_secret"))) {
      answer(exchange, 401, "{\"error\":\"invalid_client\"}");
    } else if (form.get("grant_type").equals("refresh_token")
        && refreshTokens.remove(refresh) == null) {
      answer(
          exchange,
          400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"the grant was revoked\"}");
    } else {
      Consent consent = consent(user);
      answer(
          exchange,
          200,
          "{\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
              .formatted(consent.access(), consent.refresh(), lifetime));
    }
  }

  private void introspect(HttpExchange exchange) throws IOException {
    String token = form(exchange).getOrDefault("token", "");
    String known = accessTokens.get(token);
    String user =
        known != null
            ? known
            : others.stream()
                .flatMap(other -> other.apply(token).stream())
                .findFirst()
                .orElse(null);
    answer(
        exchange,
        200,
        user == null
            ? "{\"active\":false}"
            : "{\"active\":true,\"username\":\"%s\"}"
                .formatted(mailboxes.getOrDefault(user, user)));
  }

  /** Whom a service account acts for; empty if its assertion is not good. */
  private String subject(String assertion) {
    try {
      SignedJWT jwt = SignedJWT.parse(assertion);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      RSAPublicKey key = serviceAccounts.get(String.valueOf(claims.getIssuer()));
      boolean good =
          key != null
              && jwt.verify(new RSASSAVerifier(key))
              && claims.getAudience().contains("http://localhost:" + PORT + "/token")
              && claims.getExpirationTime().after(new Date());
      return good ? claims.getSubject() : "";
    } catch (ParseException | JOSEException e) {
      return "";
    }
  }

  private static Map<String, String> form(HttpExchange exchange) throws IOException {
    Map<String, String> form = new ConcurrentHashMap<>();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    for (String pair : body.split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
    }
    return form;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
